import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** A file that was read: `path` is as the config names it, from the config's folder. */
export interface InputFile {
  path: string
  bytes: number
  sha256: string
}

/** Is told of a file when all of it was read. */
export type Noted = (file: InputFile) => void

/** What a source of tasks gave, and the files of this disk that it gave it from. */
export interface Input {
  /** Of the source. */
  name: string
  tasks: number
  /** Each counted for every task that has it; bytes are those that are kept. */
  pictures: { count: number; bytes: number }
  files: InputFile[]
}

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
