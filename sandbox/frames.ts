import { isObject, parseJson } from '../schemas/json.ts'
/** One message of the kernel: a line of JSON and the raw bytes after it. Its content is hostile. */
export interface Frame {
  header: Record<string, unknown>
  /** Bytes that the header took. */
  headerBytes: number
  payload: Buffer
}

const maxHeader = 1 << 20
const maxPayload = 16 << 20
/** All that may be long in a header is its texts. Deep or wide JSON takes a thousand times longer to read than they. */
const maxStructure = 512
const quote = 0x22
const backslash = 0x5c

/** The kernel sent something that is no message. Nothing after it can be believed. */
export class FrameError extends Error {
  override name = 'FrameError'
}

/**
 * Cuts a stream into frames. The returned function takes each chunk; it throws FrameError for anything else. Only tests
 * let headers be of many parts.
 */
export function frameReader(onFrame: (frame: Frame) => void, ofManyParts = false): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let held = 0
  let wanted = 0
  let head: Pick<Frame, 'header' | 'headerBytes'> | null = null

  const take = (length: number, skip: number) => {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : joined(chunks)
    const rest = all.subarray(length + skip)
    chunks = rest.length > 0 ? [rest] : []
    held = rest.length
    return all.subarray(0, length)
  }
  const next = () => {
    if (head) {
      if (held < wanted) return false
      const frame = { ...head, payload: take(wanted, 0) }
      head = null
      onFrame(frame)
      return true
    }
    const length = lineLength(chunks)
    if (length > maxHeader || (length < 0 && held > maxHeader))
      throw new FrameError('a header without an end')
    if (length < 0) return false
    const line = take(length, 1)
    if (!ofManyParts && !isPlain(line)) throw new FrameError('a header of too many parts')
    const header = parseHeader(line)
    head = { header, headerBytes: length }
    wanted = payloadSize(header)
    return true
  }
  return chunk => {
    if (chunk.length > 0) chunks.push(chunk)
    held += chunk.length
    while (next());
  }
}

/** One after the other. What held them is free at once: pictures come in pieces that would wait to be collected. */
function joined(chunks: readonly Buffer[]): Buffer {
  const all = Buffer.concat(chunks)
  for (const { buffer, byteLength } of chunks)
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
  return all
}

/** Bytes before the first newline, -1 without one. Only the last chunk can hold it: the others were searched. */
function lineLength(chunks: Buffer[]): number {
  const last = chunks.at(-1)
  const found = last?.indexOf(10) ?? -1
  return found < 0 ? -1 : chunks.slice(0, -1).reduce((sum, chunk) => sum + chunk.length, found)
}

function parseHeader(line: Buffer): Record<string, unknown> {
  const value = parseJson(line.toString('utf8'))
  if (value === undefined) throw new FrameError('a header that is not JSON')
  if (!isObject(value)) throw new FrameError('a header that is no object')
  return value
}

/** Few bytes stand outside its texts. */
function isPlain(line: Buffer): boolean {
  let outside = 0
  let inText = false
  for (let place = 0; place < line.length; place += 1) {
    const byte = line[place]
    if (inText && byte === backslash) place += 1
    else if (byte === quote) inText = !inText
    else if (!inText) outside += 1
    if (outside > maxStructure) return false
  }
  return true
}

function payloadSize({ size }: Record<string, unknown>): number {
  if (!Number.isInteger(size) || Number(size) < 0 || Number(size) > maxPayload)
    throw new FrameError('a size out of bounds')
  return Number(size)
}
