import type { FileHandle } from 'node:fs/promises'
import { inflateRawSync, zstdDecompressSync } from 'node:zlib'

/** A member of a zip file; `bytes` rejects with ZipError for one that is damaged, or larger than allowed. */
export interface ZipMember {
  name: string
  bytes(most: number): Promise<Buffer>
}

/** What is wrong with a zip file, and what to do. */
export class ZipError extends Error {
  override name = 'ZipError'
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT: signatures, and the sizes of records without names. */
const endMark = 0x06054b50
const endSize = 22
const entrySize = 46
const headSize = 30
const longestComment = 65_535
/** Bytes of a directory, and what a size of 32 bits says where it stands elsewhere. */
const [largestDirectory, elsewhere] = [100_000_000, 0xffffffff]

/** The members of a zip file, of which only what is asked for is read. Throws ZipError where it is none. */
export async function zipMembers(file: FileHandle): Promise<ZipMember[]> {
  const { size } = await file.stat()
  const tail = await read(
    file,
    Math.max(0, size - endSize - longestComment),
    Math.min(size, endSize + longestComment),
  )
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || tail.readUInt32LE(end) !== endMark)
    throw new ZipError('is no whole zip; fetch the file again')
  const [length, at] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)]
  if (at === elsewhere || length > largestDirectory || at + length > size)
    throw new ZipError('is larger than 4 GB, or not whole; write it in parts, or fetch it again')
  return membersIn(await read(file, at, length), file)
}

function membersIn(directory: Buffer, file: FileHandle): ZipMember[] {
  const members: ZipMember[] = []
  for (let at = 0; at + entrySize <= directory.length; ) {
    const [method, size, from] = [
      directory.readUInt16LE(at + 10),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]
    const [name, extra, comment] = [28, 30, 32].map(field => directory.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ]
    members.push({
      name: directory.toString('utf8', at + entrySize, at + entrySize + name),
      bytes: most => memberBytes(file, { method, size, from, most }),
    })
    at += entrySize + name + extra + comment
  }
  return members
}

interface Packed {
  method: number
  size: number
  from: number
  most: number
}

async function memberBytes(file: FileHandle, { method, size, from, most }: Packed): Promise<Buffer> {
  if (size > most) throw new ZipError(tooLarge(most))
  const head = await read(file, from, headSize)
  const begin = from + headSize + head.readUInt16LE(26) + head.readUInt16LE(28)
  const packed = await read(file, begin, size)
  try {
    if (method === 0) return packed
    if (method === 8) return inflateRawSync(packed, { maxOutputLength: most })
    if (method === 93) return framesOf(packed, most)
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw new ZipError(isLarge ? tooLarge(most) : 'has a damaged member; fetch the file again')
  }
  throw new ZipError('has a member in a compression that is not read here; write it anew')
}

const tooLarge = (most: number): string =>
  `has a member larger than ${most / 1e6} MB; write it without so much in one`

/** Zstandard may be written as several frames, one after the other. */
function framesOf(packed: Buffer, most: number): Buffer {
  const frames: Buffer[] = []
  let length = 0
  for (let at = 0; at < packed.length; ) {
    const { buffer, engine } = zstdDecompressSync(packed.subarray(at), {
      maxOutputLength: most - length,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    if (engine.bytesWritten === 0) break
    frames.push(buffer)
    length += buffer.length
    at += engine.bytesWritten
  }
  return Buffer.concat(frames)
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
  if (bytesRead < length) throw new ZipError('is not whole; fetch the file again')
  return buffer
}
