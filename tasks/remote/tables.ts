import { relative } from 'node:path/posix'
import { InputError } from '../../schemas/input-error.ts'
import { persistently } from '../../store/remote/persistently.ts'
import { RemoteError, unreachable } from '../../store/remote/remote-error.ts'
import { fetchColumns, type Needed } from './columns.ts'
import { fetchFile, gone } from './fetched.ts'
import { fixedFolder, isGlob, isWholeFolder, meant } from './glob.ts'
import { type PictureFolder, picturesBeside } from './pictures.ts'
import { pinnedListing } from './pin-keys.ts'
import type { Listing, Place, RemoteFile } from './place.ts'
import { remotePlace } from './places.ts'
import type { Reach } from './reach.ts'

/** A table that a pattern means: `shown` is its path with its place, `below` that within what its pattern fixes. */
export interface RemoteTable {
  shown: string
  below: string
  images: PictureFolder
  /**
   * The path of the file here, of a large one with these columns only. Rejects with InputError where it is not there or
   * not the same any more, and with RemoteError where it cannot be had now.
   */
  fetch(needed?: Needed): Promise<string>
}

/** The tables that a pattern means: those that the run found first. Throws InputError where there is none. */
export async function remoteTables(written: string, endings: RegExp, reach: Reach): Promise<RemoteTable[]> {
  const place = remotePlace(written, reach.routes)
  const { pattern } = place
  const { commit, files } =
    (await reach.pins.get<Listing>(pinnedListing(place.shown))) ?? (await pinned(place, reach))
  const tables = isWholeFolder(pattern) ? files.filter(({ path }) => endings.test(path)) : files
  if (tables.length === 0) throw new InputError([`${place.shown}: ${noneOf(place)}`])
  const folder = isGlob(pattern) ? fixedFolder(pattern).folder : ''
  return tables.map(file => ({
    shown: place.show(file.path),
    below: relative(folder, file.path),
    images: picturesBeside(place, { table: file.path, commit }, reach),
    fetch: needed => fetchTable(place, file, reach, needed).catch(asInput),
  }))
}

const noneOf = ({ pattern, shown }: Place): string =>
  /(^|\/)$/.test(pattern)
    ? `it names no files; for all that lie there write ${shown.replace(/\/*$/, '/**')}`
    : 'no file matches it; check the path'

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
