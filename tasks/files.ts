import { glob, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type, { type Static } from 'typebox'
import { pathFolders, shownPath, warnOfFormer } from '../schemas/config-folder.ts'
import { fileUrl, filledText } from '../schemas/options.ts'
import { fileFault, spellingsOf } from './file-faults.ts'
import { distinctStems } from './file-stems.ts'
import type { ImageFolder } from './image-values.ts'
import type { Needed } from './remote/columns.ts'
import { fixedFolder, isGlob } from './remote/glob.ts'
import { isRemote, withoutSecrets } from './remote/places.ts'
import type { Reach } from './remote/reach.ts'
import { type RemoteTable, remoteTables } from './remote/tables.ts'
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
  /** What rows without an id are called after: the file's name, or as much of its path as tells it from others. */
  stem: string
}

/** The patterns as the manifest holds them: the same on every machine that runs from the project's folder. */
export const patternsOf = (files: Files): string[] =>
  listed(files).map(pattern => (isUrl(pattern) ? shownPath(fileURLToPath(pattern)) : withoutSecrets(pattern)))

export const listed = (files: Files): string[] =>
  (typeof files === 'string' || files instanceof URL ? [files] : [...files]).map(String)

const isUrl = (pattern: string) => /^file:/.test(pattern)

/** How files elsewhere are reached, and by which endings files of a kind are told from others of a folder. */
export interface ReadBy {
  reach?: Reach | undefined
  kind?: { name: string; endings: RegExp }
  /** The columns that are wanted of large files, where not all are. */
  needed?: Needed | undefined
}

/**
 * The regular files that the patterns name, each once and in a stable order, or what is wrong with a pattern. Of a
 * folder these are the files of the kind. Files that lie elsewhere are fetched where they can be reached.
 */
export async function* openFiles(files: Files, opening: ReadBy = {}): AsyncIterable<TaskFile | Problem> {
  const patterns = listed(files).map(each => (isUrl(each) ? fileURLToPath(each) : each))
  const found = await Array.fromAsync(patterns, each =>
    isRemote(each) ? foundAfar(each, opening) : foundBy(each, opening.kind?.endings),
  )
  const all = new Map(found.flat().map(file => [file.path, file]))
  const stems = distinctStems([...all.values()])
  const met = new Set<string>()
  for (const [index, pattern] of patterns.entries()) {
    const here = found[index] ?? []
    if (here.length === 0) yield nothingAt(pattern)
    for (const { path, origin, table } of here.filter(({ path }) => !met.has(path))) {
      met.add(path)
      const stem = stems.get(path) ?? path
      if (table)
        yield { path: await table.fetch(opening.needed), shown: path, origin, folder: table.images, stem }
      else yield await taskFile({ path, origin, stem }, opening.kind?.name)
    }
  }
}

const nothingAt = (pattern: string): Problem =>
  isRemote(pattern)
    ? {
        place: withoutSecrets(pattern),
        problem: 'is not on this disk, and only task sources read from elsewhere; fetch it and give its path',
      }
    : { place: pattern, problem: `no file matches it in ${pathFolders()[0]}; check the path` }

/** A file before it is looked at, and its path below what its pattern fixes. */
interface Found {
  path: string
  origin: string
  below: string
  /** Of a file that lies elsewhere. */
  table?: RemoteTable
}

/** None where nobody said how they are reached. */
async function foundAfar(pattern: string, { reach, kind }: ReadBy): Promise<Found[]> {
  const tables = reach && kind ? await remoteTables(pattern, kind.endings, reach) : []
  return tables.map(table => ({ path: table.shown, origin: table.shown, below: table.below, table }))
}

async function foundBy(pattern: string, endings?: RegExp): Promise<Found[]> {
  const [folder = ''] = pathFolders()
  const paths = await matches(pattern)
  const [only = '', ...others] = paths
  const isFolder = endings !== undefined && others.length === 0 && (await isReadableFolder(only))
  const within = isFolder ? (await globbed(only, '**/*')).filter(each => endings.test(each)) : []
  const fixed = isFolder ? only : resolve(folder, fixedFolder(pattern).folder)
  return (within.length > 0 ? within : paths).map(path => {
    const origin = originOf(path, pattern)
    const below = relative(fixed, path)
    return { path, origin, below: (isFolder || isGlob(pattern)) && !below.startsWith('..') ? below : origin }
  })
}

const isReadableFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  )

async function matches(pattern: string): Promise<string[]> {
  if (pattern.includes('\0')) return []
  const places = pathFolders().flatMap((folder, index) =>
    spellingsOf(pattern).map(spelling => ({ folder, spelling, isFormer: index > 0 })),
  )
  for (const { folder, spelling, isFormer } of places) {
    const found = await matchesIn(folder, spelling)
    if (found.length === 0) continue
    if (isFormer) warnOfFormer(pattern)
    return found
  }
  return []
}

async function matchesIn(folder: string, pattern: string): Promise<string[]> {
  const path = resolve(folder, pattern)
  if (await stat(path).then(() => true, isThere)) return [path]
  return globbed(folder, pattern)
}

async function globbed(folder: string, pattern: string): Promise<string[]> {
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

async function taskFile(
  { path, ...names }: Pick<TaskFile, 'path' | 'origin' | 'stem'>,
  like = 'jsonl',
): Promise<TaskFile | Problem> {
  const place = shownPath(path)
  const found = await stat(path).catch(fileFault)
  if (typeof found === 'string') return { place, problem: `${found}; correct that or leave it out` }
  if (found.isDirectory())
    return { place, problem: `is a folder; name the files in it, as in ${place}/*.${like}` }
  if (!found.isFile())
    return { place, problem: 'is not a regular file, so it cannot be read twice; save it to one' }
  return { path, shown: place, folder: dirname(path), ...names }
}
