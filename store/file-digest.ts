import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { InputFile } from '../schemas/input-file.ts'

/** Bytes that are read at once. */
const atOnce = 1 << 18

/** What tells an open file from any other one, read piece by piece. */
export async function digestOf(file: FileHandle): Promise<Omit<InputFile, 'path'>> {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(atOnce)
  for (let bytes = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, atOnce, bytes)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
    hash.update(piece.subarray(0, bytesRead))
    bytes += bytesRead
  }
}

/** What a file that was read was: `origin` is what the config calls it. */
export async function inputFile({ path, origin }: { path: string; origin: string }): Promise<InputFile> {
  await using file = await open(path)
  return { path: origin, ...(await digestOf(file)) }
}
