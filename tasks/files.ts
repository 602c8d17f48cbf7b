import { glob, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type, { type Static } from 'typebox'
import { pathFolders, shownPath, warnOfFormer } from '../schemas/config-folder.ts'
import { fileUrl, filledText } from '../schemas/options.ts'
import { fileFault } from './file-faults.ts'
import type { ImageFolder } from './image-values.ts'
import { isRemote, withoutSecrets } from './remote/places.ts'
import type { Reach } from './remote/reach.ts'
import { remoteTables } from './remote/tables.ts'
import type { Problem } from './source.ts'

const Place = Type.Union([filledText, fileUrl])

/**
 * A path or glob, relative to the config's folder, a file URL, or where files lie elsewhere: `hf://datasets/…`,
 * `s3://…`, `https://…`. Several keep their order.
 */
export const Files = Type.Union([Place, Type.Immutable(Type.Array(Place))], {
  description: 'a path such as "tasks/*.jsonl", or a list of paths',
})
export type Files = Static<typeof Files>

/** A file of tasks: `shown` names it in errors, `folder` is where its relative image paths start. */
export interface TaskFile {
  path: string
  shown: string
  /** What rows say that they are from: the same from whichever folder the config is run. */
  origin: string
  folder: ImageFolder
  /** The file's name without its extensions: rows without an id are called after it. */
  stem: string
}

/** The patterns as the manifest holds them: the same on every machine that runs from the project's folder. */
export const patternsOf = (files: Files): string[] =>
  listed(files).map(pattern => (isUrl(pattern) ? shownPath(fileURLToPath(pattern)) : withoutSecrets(pattern)))

export const listed = (files: Files): string[] =>
  (typeof files === 'string' || files instanceof URL ? [files] : [...files]).map(String)

const isUrl = (pattern: string) => /^file:/.test(pattern)

/** How files elsewhere are reached, and by which endings tables are told from other files of a folder. */
export interface Afar {
  reach: Reach
  endings: RegExp
}

/**
 * The regular files that the patterns name, each once and in a stable order, or what is wrong with a pattern. Files
 * that lie elsewhere are fetched by `afar`.
 */
export async function* openFiles(files: Files, afar?: Afar): AsyncIterable<TaskFile | Problem> {
  const met = new Set<string>()
  for (const pattern of listed(files).map(each => (isUrl(each) ? fileURLToPath(each) : each))) {
    if (isRemote(pattern)) {
      for await (const file of filesAfar(pattern, afar)) {
        if ('problem' in file || !met.has(file.path)) yield file
        if ('path' in file) met.add(file.path)
      }
      continue
    }
    const paths = await matches(pattern)
    if (paths.length === 0)
      yield { place: pattern, problem: `no file matches it in ${pathFolders()[0]}; check the path` }
    for (const path of paths.filter(path => !met.has(path))) {
      met.add(path)
      yield await taskFile(path, originOf(path, pattern))
    }
  }
}

async function* filesAfar(pattern: string, afar: Afar | undefined): AsyncIterable<TaskFile | Problem> {
  if (!afar) {
    yield {
      place: withoutSecrets(pattern),
      problem: 'is not on this disk, and only task sources read from elsewhere; fetch it and give its path',
    }
    return
  }
  for await (const { path, name, shown, images } of remoteTables(pattern, afar.endings, afar.reach))
    yield { path, shown, origin: shown, folder: images, stem: stemOf(name) }
}

async function matches(pattern: string): Promise<string[]> {
  if (pattern.includes('\0')) return []
  for (const [index, folder] of pathFolders().entries()) {
    const found = await matchesIn(folder, pattern)
    if (found.length === 0) continue
    if (index > 0) warnOfFormer(pattern)
    return found
  }
  return []
}

async function matchesIn(folder: string, pattern: string): Promise<string[]> {
  const path = resolve(folder, pattern)
  if (await stat(path).then(() => true, isThere)) return [path]
  const found = await Array.fromAsync(glob(pattern, { cwd: folder }))
  return found.map(each => resolve(folder, each)).sort()
}

/** A file that may not be looked at is there all the same, and is named with its own fault. */
const isThere = (error: unknown): boolean =>
  !(error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))

/** As the config's folder sees it, unless the config itself gives the whole path of a file elsewhere. */
function originOf(path: string, pattern: string): string {
  const [folder = ''] = pathFolders()
  const seen = relative(folder, path)
  return isAbsolute(pattern) && seen.startsWith('..') ? path : seen
}

async function taskFile(path: string, origin: string): Promise<TaskFile | Problem> {
  const place = shownPath(path)
  const found = await stat(path).catch(fileFault)
  if (typeof found === 'string') return { place, problem: `${found}; correct that or leave it out` }
  if (found.isDirectory())
    return { place, problem: `is a folder; name the files in it, as in ${place}/*.jsonl` }
  if (!found.isFile())
    return { place, problem: 'is not a regular file, so it cannot be read twice; save it to one' }
  return {
    path,
    shown: place,
    origin,
    folder: dirname(path),
    stem: stemOf(path),
  }
}

const stemOf = (path: string) => basename(path).replace(/(?<=.)\.[^.]*(\.gz)?$/, '')
