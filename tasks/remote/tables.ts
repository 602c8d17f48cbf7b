import { relative } from 'node:path/posix'
import { InputError } from '../../schemas/input-error.ts'
import { distinctStems } from '../file-stems.ts'
import { fetchColumns, type Needed } from './columns.ts'
import { fetchFile, gone } from './fetched.ts'
import { fixedFolder, isWholeFolder, meant } from './glob.ts'
import { type PictureFolder, picturesBeside } from './pictures.ts'
import { pinnedListing } from './pins.ts'
import type { Listing, Place, RemoteFile } from './place.ts'
import { remotePlace } from './places.ts'
import { persistently, type Reach } from './reach.ts'
import { RemoteError, unreachable } from './remote-error.ts'

/** A table that was fetched: `path` is the file here, `shown` its path with its place, `stem` what rows are called. */
export interface RemoteTable {
  path: string
  stem: string
  shown: string
  images: PictureFolder
}

/**
 * The tables that a pattern means: those that the run found first. Throws InputError where there is none, or not the
 * same any more, and RemoteError where they cannot be had now.
 */
export async function* remoteTables(
  written: string,
  { endings, needed }: { endings: RegExp; needed?: Needed | undefined },
  reach: Reach,
): AsyncGenerator<RemoteTable> {
  const place = remotePlace(written, reach.routes)
  const { commit, files } =
    (await reach.pins.get<Listing>(pinnedListing(place.shown))) ?? (await pinned(place, reach))
  const tables = isWholeFolder(place.pattern) ? files.filter(({ path }) => endings.test(path)) : files
  if (tables.length === 0)
    throw new InputError([
      /(^|\/)$/.test(place.pattern)
        ? `${place.shown}: it names no files; for all that lie there write ${place.shown.replace(/\/*$/, '/**')}`
        : `${place.shown}: no file matches it; check the path`,
    ])
  const { folder } = fixedFolder(place.pattern)
  const stems = distinctStems(tables.map(({ path }) => ({ path, below: relative(folder, path) })))
  for (const file of tables) {
    const path = await fetchTable(place, file, reach, needed).catch(asInput)
    yield {
      path,
      stem: stems.get(file.path) ?? file.path,
      shown: place.show(file.path),
      images: picturesBeside(place, { table: file.path, commit }, reach),
    }
  }
}

async function fetchTable(place: Place, file: RemoteFile, reach: Reach, needed?: Needed): Promise<string> {
  try {
    const parts = needed && (await fetchColumns(place, file, needed, reach))
    return parts ?? (await fetchFile(place, file, reach))
  } catch (error) {
    throw error instanceof RemoteError && error.kind === 'absent' ? gone(place.show(file.path)) : error
  }
}

async function pinned(place: Place, reach: Reach): Promise<Listing> {
  const listing = await persistently(reach, () => listingOf(place, reach.signal)).catch(asInput)
  reach.pins.set(pinnedListing(place.shown), listing)
  return listing
}

async function listingOf(place: Place, signal: AbortSignal): Promise<Listing> {
  const { commit, files } = await place.list(signal)
  return { commit, files: meant(files, place.pattern) }
}

/** What is not there, or is another one, is a fault of the input. */
function asInput(error: unknown): never {
  const isFault = error instanceof RemoteError && (error.kind === 'absent' || error.kind === 'changed')
  throw isFault ? new InputError([error.message], { cause: error }) : error
}

/** Milliseconds in which a place can say what has changed there. */
const glance = 10_000

/**
 * Whether the run has pinned what a pattern means. If so, what has changed there since is said, as far as it can be
 * learned: the run goes on with what it found first.
 */
export async function isPinned(written: string, reach: Reach): Promise<boolean> {
  const place = remotePlace(written, reach.routes)
  const before = await reach.pins.get<Listing>(pinnedListing(place.shown))
  if (!before) return false
  if (place.fixed) return true
  const warn = (what: string) =>
    reach.listen({ kind: 'warning', message: `${what}; the run goes on with what it read first` })
  try {
    const signal = AbortSignal.any([reach.signal, AbortSignal.timeout(glance)])
    const changes = changesOf(before, await listingOf(place, signal))
    if (changes) warn(`${place.shown}: ${changes} (--newest takes what is there now)`)
  } catch (error) {
    reach.signal.throwIfAborted()
    // Without what helps: nothing has to be done.
    warn(unreachable(place.shown, error).message.split('; ', 1)[0] ?? '')
  }
  return true
}

function changesOf(was: Listing, is: Listing): string {
  if (was.commit !== is.commit) return `it is at commit ${is.commit} now, no longer at ${was.commit}`
  const now = new Map(is.files.map(file => [file.path, file.mark]))
  const changes = was.files.flatMap(({ path, mark }) => {
    const other = now.get(path)
    if (other === undefined) return [`${path} is gone`]
    return other === mark ? [] : [`${path} is another one now (was ${mark}, is ${other})`]
  })
  const known = new Set(was.files.map(({ path }) => path))
  changes.push(...is.files.filter(({ path }) => !known.has(path)).map(({ path }) => `${path} is new`))
  return [...changes.slice(0, 3), ...(changes.length > 3 ? [`and ${changes.length - 3} more`] : [])].join(
    ', ',
  )
}
