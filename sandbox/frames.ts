import { isObject, parseJson } from '../schemas/json.ts'
/** One message of the kernel: a line of JSON and the raw bytes after it. Its content is hostile. */
export interface Frame {
  header: Record<string, unknown>
  payload: Buffer
}

const maxHeader = 1 << 20
const maxPayload = 16 << 20

/** The kernel sent something that is no message. Nothing after it can be believed. */
export class FrameError extends Error {
  override name = 'FrameError'
}

/** Cuts a stream into frames. The returned function takes each chunk; it throws FrameError for anything else. */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let held = 0
  let wanted = 0
  let header: Record<string, unknown> | null = null

  const take = (length: number, skip: number) => {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    const rest = all.subarray(length + skip)
    chunks = rest.length > 0 ? [rest] : []
    held = rest.length
    return all.subarray(0, length)
  }
  const next = () => {
    if (header) {
      if (held < wanted) return false
      const frame = { header, payload: take(wanted, 0) }
      header = null
      onFrame(frame)
      return true
    }
    const length = lineLength(chunks)
    if (length > maxHeader || (length < 0 && held > maxHeader))
      throw new FrameError('a header without an end')
    if (length < 0) return false
    header = parseHeader(take(length, 1))
    wanted = payloadSize(header)
    return true
  }
  return chunk => {
    if (chunk.length > 0) chunks.push(chunk)
    held += chunk.length
    while (next());
  }
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

function payloadSize({ size }: Record<string, unknown>): number {
  if (!Number.isInteger(size) || Number(size) < 0 || Number(size) > maxPayload)
    throw new FrameError('a size out of bounds')
  return Number(size)
}
