import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { sha256 } from '../../schemas/hash.ts'
import { FolderError } from '../../store/folder.ts'
import { isAlike, manifestIn, shareFiles } from './alike.ts'

/**
 * Every export of a run has a number, and is never changed: `exports/0001` and so on. `export` beside them is a link to
 * the newest one. `export` may be a folder where an older kindling wrote it; it gets a number when another one comes.
 */
export interface NumberedExport {
  /** Such as `0001`. */
  name: string
  path: string
}

/** What an export came after: its number, and sha256 of its manifest. */
export interface Before {
  export: string
  manifest: string
}

export interface Draft extends AsyncDisposable {
  /** Where to write. */
  path: string
  /** What it will come after; null where nothing is there. */
  before(): Promise<Before | null>
  /** Whether what was written is what `export` shows already, byte for byte. */
  isShown(): Promise<boolean>
  /** Give what was written its number and show it. Files that the last one holds, too, lie on the disk once. */
  place(): Promise<void>
  /** Leave what was written for a look instead of what was refused before it; gives its path. */
  refuse(): Promise<string>
}

const folderOf = (link: string) => `${link}s`

/**
 * Begin to write the next export of `link`, a path such as `runs/demo/export`, aside. What a predecessor that was
 * stopped left is mended or cleared away first. One writer per run at a time.
 */
export async function openDraft(link: string): Promise<Draft> {
  const target = resolve(link)
  const folder = folderOf(target)
  const path = join(folder, 'draft')
  await mkdir(folder, { recursive: true })
  await mend(target)
  await mkdir(path)
  return {
    path,
    before: () => beforeNext(target),
    isShown: async () => (await isOurs(target)) && (await isAlike(target, await manifestIn(path))),
    async place() {
      await shareFiles(path, target)
      await adopt(target)
      const newest = (await numberedExports(target)).at(-1)
      if (newest && (await isAlike(newest.path, await manifestIn(path)))) return show(target, newest.path)
      const next = await nextPath(target)
      await rename(path, next)
      await show(target, next)
      await clear(folder, isRefused)
    },
    async refuse() {
      const refused = `${await nextPath(target)}.refused`
      await clear(folder, isRefused)
      await rename(path, refused)
      return join(folderOf(link), basename(refused))
    },
    async [Symbol.asyncDispose]() {
      await remove(path)
      // Only where nothing is in it.
      await rmdir(folder).catch(() => {})
    },
  }
}

/** The numbered exports of a run, the oldest first. What has another name, or no manifest, is none. */
export async function numberedExports(link: string): Promise<NumberedExport[]> {
  const names = await namesIn(folderOf(link))
  return names
    .filter(isNumber)
    .sort((one, other) => Number(one) - Number(other))
    .map(name => ({ name, path: join(folderOf(link), name) }))
    .filter(({ path }) => existsSync(join(path, 'manifest.json')))
}

/** The number of what `link` shows, and sha256 of its manifest; no number where an older kindling wrote it. */
export async function shownExport(link: string): Promise<{ export: string | null; manifest: string } | null> {
  const manifest = await manifestIn(link)
  return manifest === '' ? null : { export: await shownNumber(link), manifest: sha256(manifest) }
}

/** Those before the last `keep`, without the one that is shown. */
export async function olderExports(link: string, keep: number): Promise<NumberedExport[]> {
  const shown = await shownNumber(link)
  return (await numberedExports(link)).slice(0, -keep).filter(({ name }) => name !== shown)
}

/** Remove a numbered export. Stopped in between it leaves none that is half. */
export async function removeExport(path: string): Promise<void> {
  const gone = `${path}.gone`
  await rename(path, gone)
  await remove(gone)
}

/** What writers left that were stopped, and an export that was refused. */
export async function exportRemains(link: string): Promise<string[]> {
  const beside = (await namesIn(folderOf(link))).filter(name => isRemains(name) || isRefused(name))
  const before = existsSync(link) ? [`${link}.draft`, `${link}.previous`] : [`${link}.draft`]
  return [...before.filter(existsSync), ...beside.sort().map(name => join(folderOf(link), name))]
}

const isNumber = (name: string) => /^\d{4,}$/.test(name)
const isRefused = (name: string) => /^\d{4,}\.refused$/.test(name)
const isRemains = (name: string) => /^(draft|link|\d{4,}\.gone)$/.test(name)

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(error => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

async function clear(folder: string, which: (name: string) => boolean): Promise<void> {
  for (const name of (await namesIn(folder)).filter(which)) await remove(join(folder, name))
}

async function nextPath(link: string): Promise<string> {
  const numbers = (await namesIn(folderOf(link))).filter(isNumber).map(Number)
  return join(folderOf(link), String(Math.max(0, ...numbers) + 1).padStart(4, '0'))
}

/** Null where `link` is no link to a numbered export. */
async function shownNumber(link: string): Promise<string | null> {
  const to = await readlink(link).catch(() => '')
  const path = resolve(dirname(link), to)
  return dirname(path) === resolve(folderOf(link)) && isNumber(basename(path)) ? basename(path) : null
}

/** Not what a link to elsewhere shows, as in a copy of a run. */
const isOurs = async (link: string): Promise<boolean> =>
  (await shownNumber(link)) !== null || (await isFolder(link))

async function beforeNext(link: string): Promise<Before | null> {
  const shown = await shownExport(link)
  if (!shown || !(await isOurs(link))) return null
  // A folder has its number by then.
  return { ...shown, export: shown.export ?? basename(await nextPath(link)) }
}

/** Show another export, in one step. */
async function show(link: string, path: string): Promise<void> {
  const fresh = await freshLink(link, path)
  await rename(fresh, link)
}

async function freshLink(link: string, path: string): Promise<string> {
  const fresh = join(folderOf(link), 'link')
  await remove(fresh)
  await symlink(relative(dirname(link), path), fresh).catch(error => {
    throw noLinks.has(error.code) ? new FolderError(`${link}: its file system takes no links`) : error
  })
  return fresh
}

/** What symlink(2) says there, by file system. */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/** A folder that an older kindling wrote gets its number. No link can take a folder's place in one step. */
async function adopt(link: string): Promise<void> {
  if (!(await isFolder(link))) return
  const path = await nextPath(link)
  const fresh = await freshLink(link, path)
  await rename(link, path)
  await rename(fresh, link)
}

/** A predecessor may have been stopped anywhere, also one that was an older kindling. */
async function mend(link: string): Promise<void> {
  await clear(folderOf(link), isRemains)
  await remove(`${link}.draft`)
  const previous = `${link}.previous`
  if (existsSync(previous) && !existsSync(link)) await rename(previous, link)
  await remove(previous)
  const newest = (await numberedExports(link)).at(-1)
  if (newest && !existsSync(link)) await show(link, newest.path)
}

const isFolder = async (path: string): Promise<boolean> =>
  lstat(path).then(
    found => found.isDirectory(),
    () => false,
  )

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true })
