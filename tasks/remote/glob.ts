import { matchesGlob } from 'node:path/posix'

const special = /[*?[{!+@(]/

export const isGlob = (pattern: string): boolean => /[*?[{]/.test(pattern)

/** What all paths of a pattern begin with, as far as whole folders go, and whether folders lie below that one. */
export function fixedFolder(pattern: string): { folder: string; deep: boolean } {
  const steps = pattern.split('/')
  const first = steps.findIndex(step => special.test(step))
  const rest = steps.slice(first < 0 ? -1 : first)
  return {
    folder: steps.slice(0, steps.length - rest.length).join('/'),
    deep: rest.length > 1 || /\*\*/.test(pattern),
  }
}

/** The files that a pattern means, in a stable order: the one of that very name, or those that match. */
export function meant<File extends { path: string }>(files: readonly File[], pattern: string): File[] {
  const named = files.filter(({ path }) => path === pattern)
  if (named.length > 0) return named
  const found = files.filter(({ path }) => matchesGlob(path, pattern))
  return found.sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** Whether a pattern means whatever a folder holds. Where tables lie, other files do, too. */
export const isWholeFolder = (pattern: string): boolean => /(^|\/)\*\*$/.test(pattern)
