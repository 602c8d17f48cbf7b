import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path'
import pLimit from 'p-limit'
import { fileSha256 } from '../../schemas/file-hash.ts'
import { DamagedError, LockedError } from '../errors.ts'
import type { FileOfRun, Store } from '../store.ts'
import type { openKeptBlobs } from './kept-blobs.ts'
import type { Mirror } from './mirror.ts'

/** Files that are put or fetched at once. */
const atOnce = 4

interface FileMeans {
  folder: string
  mirror: Mirror
  blobs: ReturnType<typeof openKeptBlobs>
  put: Store['put']
}

/** The value under each number of the table `files`: the last one counts. */
interface Shown {
  /** sha256 of the list of all files, a blob. */
  list: string
}

const keyOf = (number: number) => String(number).padStart(8, '0')

type Whole = Extract<FileOfRun, { sha256: string }>
type Link = Exclude<FileOfRun, Whole>
const isWhole = (file: FileOfRun): file is Whole => 'sha256' in file

/**
 * What lies in a run's folder beside its store, such as its export: the bytes are blobs, and which files there are says
 * the last entry of the log, which is written when they are all in the bucket.
 */
export function openKeptFiles({ folder, mirror, blobs, put }: FileMeans) {
  const limit = pLimit(atOnce)
  const each = <T>(all: readonly T[], work: (one: T) => Promise<void>) =>
    Promise.all(all.map(one => limit(() => work(one))))

  async function filesAt(number: number): Promise<FileOfRun[]> {
    const shown = mirror.get<Shown>('files', keyOf(number))
    return shown ? listIn(await blobs.get(shown.list)) : []
  }

  async function keep(files: readonly FileOfRun[]): Promise<void> {
    const number = mirror.count('files')
    const before = number === 0 ? [] : await filesAt(number - 1)
    const there = new Set(before.filter(isWhole).map(({ sha256 }) => sha256))
    const missing = files.filter(isWhole).filter(({ sha256 }) => !there.has(sha256))
    await each(missing, file => blobs.putFile(join(folder, file.path), file))
    const shown: Shown = { list: await blobs.put(Buffer.from(JSON.stringify(files))) }
    if (number > 0 && mirror.get<Shown>('files', keyOf(number - 1))?.list === shown.list) return
    const kept = await put('files', keyOf(number), shown)
    if (kept.list !== shown.list)
      throw new LockedError(
        `${folder}: another process exported this run meanwhile; run the same command again`,
      )
    mirror.bring(number)
  }

  /** Fetches what another machine put last, unless it is here. */
  async function bring(): Promise<void> {
    const number = mirror.count('files') - 1
    if (number <= mirror.brought()) return
    const files = await filesAt(number)
    const links = files.filter((file): file is Link => !isWhole(file))
    for (const { path, link } of links) await asideUnlessAlike(join(dirname(path), link), files)
    await each(files.filter(isWhole), async file => {
      if (!(await isAlike(join(folder, file.path), file)))
        await blobs.fetchFile(join(folder, file.path), file)
    })
    for (const { path, link } of links) await showLink(join(folder, path), link)
    mirror.bring(number)
  }

  /** What this machine made and never got into the bucket is left beside, as an export that is refused is. */
  async function asideUnlessAlike(below: string, files: readonly FileOfRun[]) {
    const wanted = files.filter(isWhole).filter(({ path }) => path.startsWith(`${below}${sep}`))
    for (const file of wanted) {
      const path = join(folder, file.path)
      if (!(await isThere(path)) || (await isAlike(path, file))) continue
      const aside = join(folder, `${below}.refused`)
      await rm(aside, { recursive: true, force: true })
      return rename(join(folder, below), aside)
    }
  }

  return { keep, bring }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

async function isAlike(path: string, { bytes, sha256 }: Whole): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isFile() === true && found.size === bytes && (await fileSha256(path)) === sha256
}

/** In one step. */
async function showLink(path: string, link: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === link) return
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.link`
  await rm(draft, { recursive: true, force: true })
  await symlink(link, draft)
  await rename(draft, path)
}

/** Throws DamagedError for one that leads out of the folder. */
function listIn(bytes: Uint8Array): FileOfRun[] {
  const files: FileOfRun[] = JSON.parse(String(Buffer.from(bytes)))
  const places = files.flatMap(file => [
    file.path,
    ...('link' in file ? [join(dirname(file.path), file.link)] : []),
  ])
  const outside = places.find(place => !isInside(place))
  if (outside !== undefined)
    throw new DamagedError(
      `the files of this run are said to lie at ${JSON.stringify(outside)}, outside of its folder`,
    )
  return files
}

const isInside = (path: string): boolean =>
  !isAbsolute(path) &&
  normalize(path) === path &&
  !relative('.', path).startsWith('..') &&
  !path.includes('\0')
