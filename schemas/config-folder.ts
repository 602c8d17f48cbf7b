import { existsSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'

/**
 * Where the relative paths of a config begin: its folder. A process works for one config; without one it is the working
 * folder.
 */
let configFolder = '.'
let warn: (message: string) => void = () => {}
const warned = new Set<string>()

/** Set it before the config is imported, since what it calls may already read files. */
export function beginPathsIn(folder: string, warning: (message: string) => void): void {
  configFolder = folder
  warn = warning
  warned.clear()
}

/** The folders that a relative path of a config may begin in, the right one first; the other one is as it once was. */
export const pathFolders = (): string[] => [...new Set([resolve(configFolder), process.cwd()])]

/**
 * A path of a config, to be opened. If it exists from the working folder only, as paths once began there, that one is
 * taken with a warning, so that a run which began so goes on in its place.
 */
export function fromConfig(path: string): string {
  const [place = path, ...before] = pathFolders().map(folder => resolve(folder, path))
  const former = existsSync(place) ? undefined : before.find(existsSync)
  if (former !== undefined) warnOfFormer(path)
  return shownPath(former ?? place)
}

/** Says once that a path was found where it no longer begins. */
export function warnOfFormer(path: string): void {
  if (warned.has(path)) return
  warned.add(path)
  const [from = ''] = pathFolders()
  warn(
    `${path} is taken from the working folder, as it was once; paths of a config begin in its folder: write ${relative(from, resolve(path))}`,
  )
}

/** Relative to the working folder where the path is inside it. */
export function shownPath(path: string): string {
  const inside = relative(process.cwd(), path)
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside
}
