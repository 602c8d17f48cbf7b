import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import Type, { type Static } from 'typebox'
import { parseJson } from '../../schemas/json.ts'
import { lazyValidator } from '../../schemas/validate.ts'
import { DamagedError, StoreError } from '../errors.ts'
import type { Objects } from './objects.ts'
import { bucketPlace, keepPointer, type Pointer, pointerOf, type RunPlace } from './pointer.ts'

/** Which run the objects below a prefix are of, and where it was begun. */
const RunThere = Type.Object({ id: Type.String(), folder: Type.String(), host: Type.String() })
type RunThere = Static<typeof RunThere>

const checked = lazyValidator(RunThere)

const key = 'run'

/** Undefined where none was begun. */
export async function runThere(objects: Objects): Promise<RunThere | undefined> {
  const found = await objects.read(key)
  if (!found) return undefined
  const read = checked(parseJson(String(Buffer.from(found.bytes))))
  if (read.ok) return read.value
  throw new DamagedError(`${objects.show(key)} is damaged; put it back from a copy of the bucket`)
}

/**
 * The run of a folder, begun where there is none. Throws StoreError where the bucket has another one under its name:
 * two of one name must not share a log.
 */
export async function ensureRun(
  folder: string,
  { objects, place }: { objects: Objects; place: RunPlace },
  named: string | undefined,
): Promise<Pointer> {
  const pointer = await pointerOf(folder, place)
  const mine = pointer?.run ?? named
  const there = (await runThere(objects)) ?? (await beginRun(folder, objects, mine ?? randomUUID()))
  const isMine =
    mine === undefined ? pointer !== undefined || (await isFree(there, folder, objects)) : mine === there.id
  if (!isMine) throw new StoreError(`${bucketPlace(place)} ${notHis(there)}`)
  return pointer?.run ? pointer : keepPointer(folder, place, there.id)
}

const notHis = ({ id, folder, host }: RunThere) =>
  `holds another run of this name, begun in ${folder} on ${host}; give this one another name or prefix, or say \`run: '${id}'\` in \`s3()\` to go on with that one from here`

/** A folder that was lost is known by its path, also on another machine; and nobody misses what holds nothing. */
async function isFree({ folder: begun }: RunThere, folder: string, objects: Objects): Promise<boolean> {
  if (begun === resolve(folder)) return true
  for await (const _ of objects.keys('log/', 'log/')) return false
  return true
}

/** The first who puts it begins it. */
async function beginRun(folder: string, objects: Objects, id: string): Promise<RunThere> {
  await demandConditions(objects)
  const begun: RunThere = { id, folder: resolve(folder), host: hostname() }
  await objects.putNew(key, Buffer.from(JSON.stringify(begun)))
  return (await runThere(objects)) ?? begun
}

/** Throws StoreError for a server that writes over what is there: on such a one nothing is safe. */
export async function demandConditions(objects: Objects): Promise<void> {
  const [probe, bytes] = ['conditions', Buffer.from('put where nothing is')]
  if (!(await objects.putNew(probe, bytes)) || !(await objects.putNew(probe, bytes))) return
  throw new StoreError(
    `${objects.show('')}: this server heeds no \`If-None-Match\` and would write over what was paid for; name one that does, such as Amazon S3, Cloudflare R2 or MinIO`,
  )
}
