import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** A file's bytes, read as they are asked for. */
export interface FileBytes extends Disposable {
  length: number
  /** Throws where the file ends before. */
  read(start: number, length: number): Uint8Array<ArrayBuffer>
}

/** More is not taken by one call of the system. */
const mostAtOnce = 2 ** 30

/** Opens a file for a thread that has nothing else to do. */
export function openBytes(path: string): FileBytes {
  const file = openSync(path, 'r')
  return {
    length: fstatSync(file).size,
    read(start, length) {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; ) {
        const got = readSync(file, bytes, at, Math.min(mostAtOnce, length - at), start + at)
        if (got === 0) throw new Error(`the file ends at byte ${start + at}`)
        at += got
      }
      return bytes
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
