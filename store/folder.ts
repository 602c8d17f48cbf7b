import { mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** No folder can be made there: something is in the way, or the file system takes none, whatever room there is. */
export class FolderError extends Error {
  override name = 'FolderError'
}

/**
 * Make a folder and those above it where they are missing; gives the uppermost that was made, if any was. One by one,
 * because Node's own `recursive` never ends where a file system calls a folder missing that is there, as /proc does.
 */
export function makeFolder(folder: string): string | undefined {
  if (isFolder(folder)) return undefined
  const above = dirname(folder)
  const first = makeFolder(above)
  try {
    mkdirSync(folder)
    return first ?? folder
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') throw new FolderError(`${folder} cannot be made: ${above} takes no folder`)
    if (code !== 'EEXIST') throw error
    // Another process may have made it just now.
    if (isFolder(folder)) return first
    throw new FolderError(`${folder} is a link to nothing; a folder is needed there`)
  }
}

/**
 * Take back a folder with all that is in it, and of those above it that were made with it, from `first` on, the empty
 * ones.
 */
export function unmakeFolder(folder: string, first: string): void {
  rmSync(folder, { recursive: true, force: true })
  try {
    for (let above = folder; above !== first; rmdirSync(above)) above = dirname(above)
  } catch {
    // Somebody else put something in.
  }
}

function isFolder(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return false
    if (code === 'ENOTDIR') return isFolder(dirname(path))
    throw error
  }
  throw new FolderError(`${path} is a file; a folder is needed there`)
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)
