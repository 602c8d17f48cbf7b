import { statSync } from 'node:fs'

/** Milliseconds within which a file may be changed twice and look the same: FAT's clock ticks every two seconds. */
const tickMs = 3000

/**
 * What tells a file from what it was before it was changed, or from another one in its place. Times of the last change
 * of its state are part of it, which nobody can set. Null where it was changed just now, so that another change might
 * not show, and where it is no file that can be looked at.
 */
export function stampOf(path: string, now = Date.now()): string | null {
  try {
    const found = statSync(path, { bigint: true })
    const { ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = found
    const isOld = [mtimeMs, ctimeMs].every(time => Number(time) + tickMs < now)
    return found.isFile() && isOld ? [ino, size, mtimeNs, ctimeNs].join(' ') : null
  } catch {
    return null
  }
}
