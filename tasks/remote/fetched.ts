import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hashOf } from '../../schemas/hash.ts'
import { StoreError } from '../../store/errors.ts'
import { persistently } from '../../store/remote/persistently.ts'
import { RemoteError } from '../../store/remote/remote-error.ts'
import { lockFolder } from '../../store/sqlite-lock.ts'
import { pinnedHash } from './pin-keys.ts'
import type { ByteRange, Place, RemoteFile } from './place.ts'
import type { Reach } from './reach.ts'

/** A file to be fetched, and by what. */
interface Wanted {
  place: Place
  file: RemoteFile
  reach: Reach
  /** How many of its bytes came so far. */
  bytes: number
}

/**
 * The path of a file as it is kept here: fetched, unless it was before, and going on where it broke off. What came is
 * held against what the place says of it, and against what the run read first. Throws RemoteError, and StoreError
 * where there is no room for it.
 */
export async function fetchFile(place: Place, file: RemoteFile, reach: Reach): Promise<string> {
  const wanted: Wanted = { place, file, reach, bytes: 0 }
  const folder = folderOf(place, file, reach)
  // The ending says how it is to be read; the rest is what the place calls it, which may be anything.
  const kept = join(folder, `file-${basename(file.path).slice(-80)}`)
  if (await isWhole(kept, wanted)) return kept
  using _lock = await lockFolder(folder)
  const part = join(folder, 'part')
  await persistently(
    reach,
    () => fetchRest(part, wanted),
    () => wanted.bytes,
  )
  await rename(part, kept)
  return kept
}

/** Where a file is kept, and what is fetched of it. */
export const folderOf = (place: Place, file: RemoteFile, reach: Reach): string =>
  join(reach.folder, hashOf([place.show(file.path), file.version, file.mark]).slice(0, 32))

const isWhole = async (path: string, wanted: Wanted): Promise<boolean> =>
  (await sizeOf(path)) !== undefined &&
  (await verify(path, wanted).then(
    () => true,
    error => {
      if (error instanceof RemoteError) return false
      throw error
    },
  ))

/** Throws RemoteError where it breaks off before the end, or where what is there then is not the file. */
async function fetchRest(part: string, wanted: Wanted): Promise<void> {
  const { file } = wanted
  // What nothing tells from another one cannot be gone on with.
  const begun = file.size !== null && file.mark ? ((await sizeOf(part)) ?? 0) : 0
  if (begun === 0 || begun !== file.size) await append(part, begun, wanted)
  await verify(part, wanted).catch(async error => {
    if (error instanceof RemoteError) await rm(part, { force: true })
    throw error
  })
}

async function append(part: string, begun: number, wanted: Wanted): Promise<void> {
  const { place, file, reach } = wanted
  const shown = place.show(file.path)
  using answer = await opened(place, file, { start: begun }, reach.signal)
  refuseAnother(shown, file, answer)
  const { start, size, body } = answer
  const whole = file.size ?? size
  const from = start === begun ? begun : 0
  if (start !== from)
    throw new RemoteError(`${shown}: it sends from byte ${start} on, not from ${begun}`, 'closed')
  await demandRoom(part, (whole ?? 0) - from)
  {
    await using handle = await open(part, from > 0 ? 'a' : 'w')
    for await (const piece of told(from, whole, body, wanted)) await handle.appendFile(piece)
    await handle.datasync()
  }
  const length = (await sizeOf(part)) ?? 0
  if (whole === null || length === whole) return
  throw new RemoteError(`${shown}: it broke off after ${length} of ${whole} bytes`, 'passing')
}

/**
 * Opened for as long as somebody reads: a body that nobody reads to its end would keep its connection, and the
 * process.
 */
export async function opened(place: Place, file: RemoteFile, range: ByteRange, signal: AbortSignal) {
  const over = new AbortController()
  const answer = await place.open(file, range, AbortSignal.any([signal, over.signal]))
  return { ...answer, [Symbol.dispose]: () => over.abort() }
}

/** The bytes of a file from some on; more than it has are refused. Says how far it is now and then. */
async function* told(from: number, whole: number | null, body: AsyncIterable<Uint8Array>, wanted: Wanted) {
  const what = wanted.place.show(wanted.file.path)
  const say = paced((bytes: number) => wanted.reach.listen({ kind: 'fetching', what, bytes, whole }))
  let bytes = from
  for await (const piece of body) {
    bytes += piece.length
    wanted.bytes = bytes
    if (whole !== null && bytes > whole)
      throw new RemoteError(`${what}: it has more than ${whole} bytes`, 'closed')
    say(bytes)
    yield piece
  }
}

/** Milliseconds. */
const pace = 5000

/** Says something now and then only, however often there is something to say. */
export function paced<Given extends unknown[]>(say: (...given: Given) => void): (...given: Given) => void {
  let said = performance.now()
  return (...given) => {
    if (performance.now() - said < pace) return
    said = performance.now()
    say(...given)
  }
}

export const anotherOne = (shown: string, was: string, is: string) =>
  new RemoteError(
    `${shown}: it is another file now (was ${was}, is ${is}); put the former one back, or take this one with --newest`,
    'changed',
  )

/** Throws RemoteError where what is sent is not the file that was listed. */
export function refuseAnother(
  shown: string,
  { mark: was }: RemoteFile,
  { mark: is }: { mark: string },
): void {
  if (is && was && is !== was) throw anotherOne(shown, was, is)
}

export const gone = (shown: string) =>
  new RemoteError(`${shown}: it is gone; put it back, or take what is there now with --newest`, 'absent')

/** Throws RemoteError where a file is not the one that was named, or that the run read first. */
async function verify(path: string, wanted: Wanted): Promise<void> {
  const { place, file, reach } = wanted
  const shown = place.show(file.path)
  const { sha256, git } = await hashesOf(path)
  const [kind, named] = file.mark.split(':')
  const is = { sha256, git }[kind ?? '']
  if (is !== undefined && is !== named)
    throw new RemoteError(
      `${shown}: what came is not what is named there (${kind} ${named}, but ${is} came)`,
      'passing',
    )
  const pin = pinnedHash(shown)
  const first = await reach.pins.get<string>(pin)
  if (first !== undefined && first !== sha256) throw anotherOne(shown, `sha256 ${first}`, `sha256 ${sha256}`)
  if (first === undefined) reach.pins.set(pin, sha256)
}

/** sha256 of the bytes, and what git names a file of them by. */
async function hashesOf(path: string) {
  const hashes = { sha256: createHash('sha256'), git: createHash('sha1') }
  hashes.git.update(`blob ${await sizeOf(path)}\0`)
  for await (const piece of createReadStream(path))
    for (const hash of Object.values(hashes)) hash.update(piece)
  return { sha256: hashes.sha256.digest('hex'), git: hashes.git.digest('hex') }
}

export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export async function demandRoom(part: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(part))
  if (bytes <= bavail * bsize) return
  const cause = Object.assign(new Error(), { code: 'ENOSPC' })
  const megabytes = (count: number) => Math.ceil(count / 1e6)
  throw new StoreError(
    `${dirname(part)}: ${megabytes(bytes)} MB are to be fetched and ${megabytes(bavail * bsize)} MB are free; XDG_CACHE_HOME names another place`,
    { cause },
  )
}
