import { access } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { factory } from '../schemas/options.ts'
import { openBlobs } from './blobs.ts'
import { DamagedError, LockedError, StoreError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { openBucket } from './remote/bucket.ts'
import { openRoom } from './room.ts'
import { openKeptBlobs } from './s3/kept-blobs.ts'
import { openKeptFiles } from './s3/kept-files.ts'
import { isLeased, type Lease, type LeaseTerms, takeLease } from './s3/lease.ts'
import { openLog } from './s3/log.ts'
import { openMirror } from './s3/mirror.ts'
import { type Objects, openObjects } from './s3/objects.ts'
import {
  bucketPlace,
  keepPointer,
  type Pointer,
  placeAt,
  placeFor,
  pointerIn,
  pointerOf,
  type RunPlace,
  readPointer,
  runsIn,
  S3Options,
} from './s3/pointer.ts'
import { ensureRun, runThere } from './s3/run-there.ts'
import { openSqliteLimiter } from './sqlite-limiter.ts'
import { isHeld, lockFolder } from './sqlite-lock.ts'
import { openKept, openTemporary } from './sqlite-tables.ts'
import { type Store, StoreKind } from './store.ts'

/** How it is waited before another try, in milliseconds. */
type Wait = (time: number, signal: AbortSignal) => Promise<void>

const waitFor: Wait = (time, signal) => sleep(time, undefined, { signal })

/** Tries of one request: those after the first begin within about two minutes. */
const mostTries = 8

/** Keep a run in a bucket, on Amazon's S3 or a server that speaks like it; the run's folder is a copy to read from. */
export const s3 = factory(StoreKind, 's3', S3Options, options => s3Kind(options))

/** Segments that are put together once more, so that whoever opens the run anew asks for them at once. */
const usualPack = 256

interface KindMeans {
  wait: Wait
  /** Milliseconds, by the clock of this machine. */
  now(): number
  packAt: number
}

/** The same; tests wait less. */
export function s3Kind(
  options: S3Options,
  { wait = waitFor, now = Date.now, packAt = usualPack }: Partial<KindMeans> = {},
): StoreKind {
  const terms = { seconds: options.leaseSeconds, now }
  const leases = new Map<string, Lease>()
  return {
    name: 's3',
    isIn: async folder => (await readPointer(folder)) !== undefined,
    async lock(folder) {
      await using stack = new AsyncDisposableStack()
      stack.use(await lockFolder(folder))
      const lease = stack.use(await leased(folder, await begun(folder, options, wait), terms))
      leases.set(folder, lease)
      stack.defer(() => void leases.delete(folder))
      const open = stack.move()
      return {
        [Symbol.dispose]: () => void open.disposeAsync(),
        [Symbol.asyncDispose]: () => open.disposeAsync(),
      }
    },
    async isHeld(folder) {
      const pointer = await readPointer(folder)
      if (!pointer || (await isHeld(folder))) return pointer !== undefined
      return guarded(() => isLeased(reach(pointer, wait).objects))
    },
    async open(folder, warn) {
      const reached = await begun(folder, options, wait, warn)
      const demandHeld = async () => leases.get(folder)?.demandHeld()
      const lease = leases.get(folder)
      return openS3Store(folder, reached, {
        demandHeld,
        brings: lease !== undefined,
        packAt,
        fences: lease?.isTakenOver,
      })
    },
    async read(folder) {
      const pointer = await readPointer(folder)
      if (!pointer) throw new StoreError(`${pointerIn(folder)} is missing; run the config again`)
      return openS3Store(folder, reach(pointer, wait), { brings: !(await isHeld(folder)) })
    },
    async pointBeside(folder, wanted) {
      const { objects } = reach({ ...options, prefix: runsIn(options) }, wait)
      for (const name of wanted(await guarded(objects.folders))) {
        const beside = join(dirname(folder), name)
        await pointTo(placeFor(beside, options), beside, wait)
      }
    },
    limiter: openSqliteLimiter,
    temporary: openTemporary,
    kept: openKept,
  }
}

/** Have a folder below `above` for a run in a bucket, by its address; gives its path. */
export async function adoptRun(address: string, above: string): Promise<string> {
  const place = placeAt(address)
  const folder = join(above, basename(place.prefix))
  await pointTo(place, folder, waitFor)
  return folder
}

/** Have a folder know of the run that is there. Throws StoreError where none is. */
async function pointTo(place: RunPlace, folder: string, wait: Wait): Promise<void> {
  await refuseSqlite(folder)
  if (await pointerOf(folder, place)) return
  const run = await guarded(() => runThere(reach(place, wait).objects))
  if (!run)
    throw new StoreError(`${bucketPlace(place)}: there is no run; give one such as s3://bucket/runs/demo`)
  makeFolder(folder)
  await keepPointer(folder, place, run.id)
}

interface Reached {
  place: RunPlace
  objects: Objects
  /** Is told of every try that is made again. */
  again: { tell: (why: string) => void }
}

type Begun = Reached & { pointer: Pointer }

/** Nothing is asked yet. */
function reach(place: RunPlace, wait: Wait, warn: (message: string) => void = () => {}): Reached {
  const again = { tell: warn }
  const { endpoint, region } = place
  const bucket = openBucket(place.bucket, {
    signal: new AbortController().signal,
    wait,
    most: mostTries,
    server: { endpoint, region },
    listen: ({ why, number, most }) => again.tell(`${why}: try ${number} of ${most}`),
  })
  return { place, objects: openObjects(bucket, place.prefix), again }
}

/** Where a run is to be kept; throws StoreError where it cannot be. */
async function begun(
  folder: string,
  options: S3Options,
  wait: Wait,
  warn?: (message: string) => void,
): Promise<Begun> {
  makeFolder(folder)
  await refuseSqlite(folder)
  const place = placeFor(folder, options)
  const reached = reach(place, wait, warn)
  return { ...reached, pointer: await guarded(() => ensureRun(folder, reached, options.run)) }
}

async function refuseSqlite(folder: string): Promise<void> {
  const file = join(folder, 'store.sqlite')
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (isThere)
    throw new StoreError(`${folder} is kept in ${file}; take \`store\` out, or give the run another name`)
}

/** A copy of a folder is another one. */
const leased = (folder: string, { objects, pointer }: Begun, terms: LeaseTerms): Promise<Lease> =>
  guarded(() => takeLease(objects, `${hostname()} ${resolve(folder)} ${pointer.folder}`, terms))

interface Access {
  /** Rejects where nothing may be written any more; without it nothing may be. */
  demandHeld?: () => Promise<void>
  /** Whether the folder gets the files that another machine put beside the store. */
  brings: boolean
  packAt?: number
  /** Whether somebody else may still be writing who lost the run. */
  fences?: boolean | undefined
}

async function openS3Store(
  folder: string,
  reached: Reached,
  { demandHeld, brings, fences, packAt = usualPack }: Access,
): Promise<Store> {
  const { objects, place, again } = reached
  const mirror = openMirror(folder, bucketPlace(place))
  const log = openLog({ objects, mirror, demandHeld: demandHeld ?? refused(place), packAt })
  const warn = again.tell
  again.tell = why => {
    log.spill()
    warn(why)
  }
  const local = openBlobs(join(folder, 'blobs'))
  makeFolder(join(folder, 'blobs'))
  const blobs = openKeptBlobs({ objects, mirror, log, local })
  await guarded(() => log.catchUp())
  if (fences) await guarded(() => log.fence())
  if (demandHeld) await guarded(() => log.unspill())
  /** How often keys are being forgotten: what the mirror still has of such a one does not count. */
  const forgetting = new Map<string, number>()
  const put: Store['put'] = async (table, key, value) => {
    const json = JSON.stringify(value)
    if (mirror.json(table, key) === undefined || forgetting.has(`${table} ${key}`))
      await log.write({ kind: 'row', table, key, json })
    return mirror.json(table, key) === json ? value : (mirror.get<typeof value>(table, key) ?? value)
  }
  const files = openKeptFiles({ folder, mirror, blobs, put })
  if (brings) await guarded(files.bring)
  const room = openRoom(folder)
  return {
    get: (table, key) => guarded(async () => mirror.get(table, key)),
    put: (table, key, value) => guarded(() => put(table, key, value)),
    async delete(table, key) {
      const id = `${table} ${key}`
      forgetting.set(id, (forgetting.get(id) ?? 0) + 1)
      await guarded(() => log.write({ kind: 'row', table, key })).finally(() => {
        const others = (forgetting.get(id) ?? 1) - 1
        if (others > 0) forgetting.set(id, others)
        else forgetting.delete(id)
      })
    },
    scan: (table, prefix = '') => mirror.scan(table, prefix),
    count: table => guarded(async () => mirror.count(table)),
    putBlob: bytes => guarded(() => blobs.put(bytes)),
    getBlob: hash => guarded(() => blobs.get(hash)),
    keepFiles: kept => guarded(() => files.keep(kept)),
    room: () => guarded(async () => void (await Promise.all([room(), log.settled()]))),
    async [Symbol.asyncDispose]() {
      await log.idle()
      mirror.close()
    },
  }
}

const refused = (place: RunPlace) => async () => {
  throw new StoreError(`${bucketPlace(place)} is open to be read`)
}

/** Every fault leaves as a StoreError; a run that another process took is a LockedError. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreError || error instanceof LockedError) throw error
    if (error instanceof SyntaxError) throw new DamagedError(error.message, { cause: error })
    throw new StoreError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
