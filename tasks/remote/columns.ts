import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { hashOf } from '../../schemas/hash.ts'
import { parseJson } from '../../schemas/json.ts'
import { lazyValidator } from '../../schemas/validate.ts'
import { persistently } from '../../store/remote/persistently.ts'
import { RemoteError } from '../../store/remote/remote-error.ts'
import { lockFolder } from '../../store/sqlite-lock.ts'
import { anotherOne, demandRoom, folderOf, opened, paced, refuseAnother, sizeOf } from './fetched.ts'
import { pinnedColumns } from './pin-keys.ts'
import type { Place, RemoteFile } from './place.ts'
import type { Reach } from './reach.ts'

/** Bytes of a file, from one up to another that is not among them. */
const FilePart = Type.Object({ start: Type.Integer({ minimum: 0 }), end: Type.Integer({ minimum: 0 }) })
export type FilePart = Static<typeof FilePart>

/** Finds out which parts of a file are needed, from what it reads of it; null where that is all of it. */
export type PartsOf = (
  size: number,
  read: (start: number, end: number) => Promise<Uint8Array>,
) => Promise<FilePart[] | null>

/** Which columns of a table are needed, and how their parts are found. */
export interface Needed {
  columns: string[]
  partsOf: PartsOf
}

/** Bytes: what is fetched at once, and gaps that are fetched with what is around them. */
const [unit, gap] = [32 << 20, 1 << 20]
/** The share of a file beyond which it is fetched whole: then what comes can be held against its hash. */
const most = 0.8

/** The place sends no parts. */
class NoParts extends Error {}

/** What is fetched one after another, and how much of it is there. */
const State = Type.Object({ units: Type.Array(FilePart), done: Type.Integer({ minimum: 0 }) })
type State = Static<typeof State>
const checked = lazyValidator(State)

/**
 * The path of a file here that has the parts which hold some columns in their places, and nothing between them; null
 * where the file is to be fetched whole: it is small, or nearly all of it is needed, or the place sends no parts.
 * Throws RemoteError, and StoreError where there is no room.
 */
export async function fetchColumns(
  place: Place,
  file: RemoteFile,
  { columns, partsOf }: Needed,
  reach: Reach,
): Promise<string | null> {
  const { size } = file
  if (size === null || size <= reach.wholeUpTo || file.mark === '') return null
  const folder = folderOf(place, file, reach)
  const path = join(folder, `columns-${hashOf(columns).slice(0, 16)}.parquet`)
  const read = (start: number, end: number) =>
    persistently(reach, () => partOf(place, file, { start, end }, reach))
  using _lock = await lockFolder(folder)
  try {
    const begun = (await sizeOf(path)) === size ? await stateOf(path) : null
    const units = begun?.units ?? inUnits((await partsOf(size, read)) ?? [{ start: 0, end: size }], size)
    if (sizeOfAll(units) > most * size) return null
    await using handle = await open(path, constants.O_RDWR | constants.O_CREAT)
    await handle.truncate(size)
    const what = place.show(file.path)
    const told = paced((bytes: number, whole: number) =>
      reach.listen({ kind: 'fetching', what, bytes, whole }),
    )
    await fill(path, handle, { units, done: begun?.done ?? 0 }, { read, told })
    await verify(path, await hashOfUnits(handle, units), { place, file, columns, reach })
    return path
  } catch (error) {
    if (error instanceof NoParts) return null
    throw error
  }
}

const statePath = (path: string) => `${path}.json`

/** Null where nothing is known of what is there. */
async function stateOf(path: string): Promise<State | null> {
  const state = checked(parseJson(await readFile(statePath(path), 'utf8').catch(() => '')))
  return state.ok && state.value.done <= state.value.units.length ? state.value : null
}

const sizeOfAll = (parts: readonly FilePart[]) => parts.reduce((sum, { start, end }) => sum + end - start, 0)

/** In order, those that are near to one another as one, and none that is too long to be fetched at once. */
function inUnits(parts: readonly FilePart[], size: number): FilePart[] {
  const whole: FilePart[] = []
  for (const part of parts.toSorted((one, other) => one.start - other.start)) {
    const last = whole.at(-1)
    const end = Math.min(part.end, size)
    if (last && part.start <= last.end + gap) last.end = Math.max(last.end, end)
    else whole.push({ start: part.start, end })
  }
  return whole.flatMap(({ start, end }) =>
    Array.from({ length: Math.ceil((end - start) / unit) }, (_, index) => {
      const from = start + index * unit
      return { start: from, end: Math.min(from + unit, end) }
    }),
  )
}

interface Filling {
  read: Parameters<PartsOf>[1]
  told(bytes: number, whole: number): void
}

async function fill(path: string, handle: FileHandle, { units, done }: State, { read, told }: Filling) {
  const left = units.slice(done)
  await demandRoom(path, sizeOfAll(left))
  for (const [index, { start, end }] of left.entries()) {
    await handle.write(await read(start, end), 0, end - start, start)
    await handle.datasync()
    const there = done + index + 1
    await writeFile(statePath(path), JSON.stringify({ units, done: there } satisfies State))
    told(sizeOfAll(units.slice(0, there)), sizeOfAll(units))
  }
}

async function partOf(
  place: Place,
  file: RemoteFile,
  { start, end }: FilePart,
  reach: Reach,
): Promise<Uint8Array> {
  const shown = place.show(file.path)
  using answer = await opened(place, file, { start, end }, reach.signal)
  refuseAnother(shown, file, answer)
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of answer.body) {
    pieces.push(piece)
    length += piece.length
    if (answer.start !== start || length > end - start) throw new NoParts()
  }
  if (length < end - start)
    throw new RemoteError(`${shown}: it broke off at byte ${start + length}`, 'passing')
  return Buffer.concat(pieces)
}

async function hashOfUnits(handle: FileHandle, units: readonly FilePart[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { start, end } of units) {
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
    hash.update(buffer)
  }
  return hash.digest('hex')
}

interface Fetched {
  place: Place
  file: RemoteFile
  columns: string[]
  reach: Reach
}

/** What is not the same as the run read first is forgotten here, so that the next try fetches it anew. */
async function verify(path: string, sha256: string, { place, file, columns, reach }: Fetched): Promise<void> {
  const shown = place.show(file.path)
  const pin = pinnedColumns(shown, columns)
  const first = await reach.pins.get<{ sha256: string }>(pin)
  if (first === undefined) reach.pins.set(pin, { file: shown, columns, sha256 })
  if (first === undefined || first.sha256 === sha256) return
  await rm(statePath(path), { force: true })
  throw anotherOne(shown, `sha256 ${first.sha256}`, `sha256 ${sha256}`)
}
