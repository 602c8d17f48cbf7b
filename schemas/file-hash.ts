import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** How long a file is, and its sha256 in hex. */
export interface FileDigest {
  bytes: number
  sha256: string
}

/** Bytes that are read at once, always into the same place: what a stream makes anew waits to be collected. */
const atOnce = 1 << 18

/** What tells an open file from any other one, read piece by piece; `see` is shown each piece. */
export async function digestOf(file: FileHandle, see?: (piece: Buffer) => void): Promise<FileDigest> {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafeSlow(atOnce)
  for (let bytes = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, atOnce, bytes)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
    const read = piece.subarray(0, bytesRead)
    hash.update(read)
    see?.(read)
    bytes += bytesRead
  }
}

/** The same of a file by its path. */
export async function fileDigest(path: string): Promise<FileDigest> {
  await using file = await open(path)
  return await digestOf(file)
}

export const fileSha256 = async (path: string): Promise<string> => (await fileDigest(path)).sha256
