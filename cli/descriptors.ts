import { readFileSync } from 'node:fs'

/** Databases, a sandbox and a few calls at once take up to so many. */
const needed = 128

/**
 * Throws EMFILE where a process may open too few files to work on a run: what breaks then is anything, in anybody's
 * words. Only Linux says how many.
 */
export function demandDescriptors(): void {
  const most = allowed()
  if (most >= needed) return
  const message = `${needed} open files are needed, and ${most} are allowed`
  throw Object.assign(new Error(message), { code: 'EMFILE' })
}

function allowed(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? needed : Number(soft)
  } catch {
    return needed
  }
}
