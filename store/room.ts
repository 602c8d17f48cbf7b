import { statfs } from 'node:fs/promises'
import { StoreError } from './errors.ts'

/** What must be free where a run lies, in bytes, so that it can keep what is under way when the rest is used up. */
const leastFree = 64 << 20
/** The same in files; a file system that does not count them says that there are none. */
const leastFiles = 256
/** How long a look holds, in milliseconds. */
const lookMs = 1000

/**
 * Rejects with StoreError as long as there is no room in a folder for answers that are still to be asked for: what
 * cannot be kept is not bought.
 */
export function openRoom(folder: string): () => Promise<void> {
  let looked = Number.NEGATIVE_INFINITY
  let lack: Promise<string | undefined> = Promise.resolve(undefined)
  return async () => {
    if (performance.now() - looked > lookMs) {
      looked = performance.now()
      lack = lackIn(folder)
    }
    const missing = await lack
    if (missing !== undefined)
      throw new StoreError(`${folder}: ${missing}`, { cause: Object.assign(new Error(), { code: 'ENOSPC' }) })
  }
}

/** What there is too little of. File systems that tell nothing are taken to have room. */
async function lackIn(folder: string): Promise<string | undefined> {
  const found = await statfs(folder).catch(() => undefined)
  if (!found) return undefined
  const { blocks, bavail, bsize, files, ffree } = found
  const free = bavail * bsize
  if (blocks > 0 && free < leastFree)
    return `${Math.floor(free / 2 ** 20)} MiB are free, and answers are asked for only above ${leastFree / 2 ** 20}`
  if (files > 0 && ffree < leastFiles)
    return `room for ${ffree} files is left, and answers are asked for only above ${leastFiles}`
  return undefined
}
