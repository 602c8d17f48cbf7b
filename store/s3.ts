import { access } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { factory } from '../schemas/options.ts'
import { openBlobs } from './blobs.ts'
import { DamagedError, LockedError, StoreError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { openBucket } from './remote/bucket.ts'
import { openRoom } from './room.ts'
import { openKeptBlobs } from './s3/kept-blobs.ts'
import { isLeased, type Lease, takeLease } from './s3/lease.ts'
import { openLog } from './s3/log.ts'
import { openMirror } from './s3/mirror.ts'
import { type Objects, openObjects } from './s3/objects.ts'
import {
  bucketPlace,
  keepPointer,
  type Pointer,
  pointerIn,
  readPointer,
  runsIn,
  S3Options,
} from './s3/pointer.ts'
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

/** The same; tests wait less. */
export function s3Kind(options: S3Options, wait: Wait = waitFor): StoreKind {
  const leases = new Map<string, Lease>()
  return {
    name: 's3',
    isIn: async folder => (await readPointer(folder)) !== undefined,
    async lock(folder) {
      await using stack = new AsyncDisposableStack()
      stack.use(await lockFolder(folder))
      const lease = stack.use(await leased(await begun(folder, options, wait)))
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
      return openS3Store(folder, reached, async () => leases.get(folder)?.demandHeld())
    },
    async read(folder) {
      const pointer = await readPointer(folder)
      if (!pointer) throw new StoreError(`${pointerIn(folder)} is missing; run the config again`)
      return openS3Store(folder, reach(pointer, wait))
    },
    async pointBeside(folder, wanted) {
      const { objects } = reach({ ...options, store: 's3', prefix: runsIn(options), folder: '' }, wait)
      for (const name of wanted(await guarded(objects.folders))) {
        const beside = join(dirname(folder), name)
        makeFolder(beside)
        await keepPointer(beside, options)
      }
    },
    limiter: openSqliteLimiter,
    temporary: openTemporary,
    kept: openKept,
  }
}

interface Reached {
  pointer: Pointer
  objects: Objects
  /** Is told of every try that is made again. */
  again: { tell: (why: string) => void }
}

/** Nothing is asked yet. */
function reach(pointer: Pointer, wait: Wait, warn: (message: string) => void = () => {}): Reached {
  const again = { tell: warn }
  const { endpoint, region } = pointer
  const bucket = openBucket(pointer.bucket, {
    signal: new AbortController().signal,
    wait,
    most: mostTries,
    server: { endpoint, region },
    listen: ({ why, number, most }) => again.tell(`${why}: try ${number} of ${most}`),
  })
  return { pointer, objects: openObjects(bucket, pointer.prefix), again }
}

/** Where a run is to be kept; throws StoreError where it cannot be. */
async function begun(folder: string, options: S3Options, wait: Wait, warn?: (message: string) => void) {
  makeFolder(folder)
  await refuseSqlite(folder)
  const reached = reach(await keepPointer(folder, options), wait, warn)
  await guarded(() => demandConditions(reached))
  return reached
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

/** Throws StoreError for a server that writes over what is there: on such a one nothing is safe. */
async function demandConditions({ objects, pointer }: Reached): Promise<void> {
  const [key, bytes] = ['conditions', Buffer.from('put where nothing is')]
  if (!(await objects.putNew(key, bytes)) || !(await objects.putNew(key, bytes))) return
  throw new StoreError(
    `${bucketPlace(pointer)}: this server heeds no \`If-None-Match\` and would write over what was paid for; name one that does, such as Amazon S3, Cloudflare R2 or MinIO`,
  )
}

const leased = ({ objects, pointer }: Reached): Promise<Lease> =>
  guarded(() => takeLease(objects, `${hostname()} ${pointer.folder}`))

/** `demandHeld` rejects where nothing may be written any more; without it nothing may be. */
async function openS3Store(
  folder: string,
  reached: Reached,
  demandHeld?: () => Promise<void>,
): Promise<Store> {
  const { objects, pointer, again } = reached
  const mirror = openMirror(folder, bucketPlace(pointer))
  const log = openLog({ objects, mirror, demandHeld: demandHeld ?? refused(pointer) })
  const warn = again.tell
  again.tell = why => {
    log.spill()
    warn(why)
  }
  const local = openBlobs(join(folder, 'blobs'))
  makeFolder(join(folder, 'blobs'))
  const blobs = openKeptBlobs({ objects, mirror, log, local })
  await guarded(() => log.catchUp())
  if (demandHeld) await guarded(() => log.unspill())
  const room = openRoom(folder)
  /** How often keys are being forgotten: what the mirror still has of such a one does not count. */
  const forgetting = new Map<string, number>()
  return {
    get: (table, key) => guarded(async () => mirror.get(table, key)),
    put: (table, key, value) =>
      guarded(async () => {
        const json = JSON.stringify(value)
        if (mirror.json(table, key) === undefined || forgetting.has(`${table} ${key}`))
          await log.write({ kind: 'row', table, key, json })
        return mirror.json(table, key) === json ? value : (mirror.get<typeof value>(table, key) ?? value)
      }),
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
    room: () => guarded(async () => void (await Promise.all([room(), log.settled()]))),
    async [Symbol.asyncDispose]() {
      await log.idle()
      mirror.close()
    },
  }
}

const refused = (pointer: Pointer) => async () => {
  throw new StoreError(`${bucketPlace(pointer)} is open to be read`)
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
