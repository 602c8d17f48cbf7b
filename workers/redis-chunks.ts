import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Queue, QueueEvents, WaitingError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { JsonObject } from '../schemas/json.ts'
import { parseJson } from '../schemas/json.ts'
import { WorkersError, type Working } from './worker-pool.ts'

/** Where chunks wait: BullMQ's queue of a run. */
export interface Chunks {
  client: Redis
  prefix: string
  /** Milliseconds after which a worker that said nothing loses its chunk. */
  lockMs: number
}

const queueName = 'chunks'
const settings = ({ client, prefix }: Chunks) => ({ connection: client, prefix })

/** Milliseconds between looks at chunks that nothing was heard of: what Redis told before it was killed may be lost. */
const lookMs = 2000
/** As often as a chunk may be taken from workers that died: it is not its doing. */
const anyNumber = 1_000_000

/** Hand chunks out. Those that an earlier leader left are taken back first; who has begun one ends it. */
export async function openChunks(chunks: Chunks, signal: AbortSignal) {
  const queue = quiet(new Queue<JsonObject, JsonObject>(queueName, settings(chunks)))
  await takeBack(queue)
  await idle(queue, signal)
  const events = quiet(new QueueEvents(queueName, settings(chunks)))
  await events.waitUntilReady()
  const open = openHanded()
  events.on('completed', ({ jobId, returnvalue }) => open.ends(jobId, returnvalue))
  events.on('failed', ({ jobId, failedReason }) => open.breaks(jobId, failedReason))

  async function add(id: string, handed: Handed) {
    const kept = { removeOnComplete: { age: 3600 }, removeOnFail: { age: 3600 } }
    await queue.add(queueName, handed, { jobId: id, ...kept })
  }

  /** One that ended without a word, or that Redis has lost. */
  async function look(id: string, handed: Handed) {
    const job = await queue.getJob(id)
    if (!job) return add(id, handed)
    if (await job.isCompleted()) open.ends(id, job.returnvalue)
    else if (await job.isFailed()) open.breaks(id, job.failedReason)
  }

  return {
    async hand(handed: Handed, signal: AbortSignal): Promise<JsonObject> {
      signal.throwIfAborted()
      const id = randomUUID()
      const ended = open.begin(id, signal)
      ended.catch(() => {})
      await add(id, handed)
      const looking = setInterval(() => void look(id, handed).catch(() => {}), lookMs)
      return ended.finally(() => clearInterval(looking))
    },
    async [Symbol.asyncDispose]() {
      await takeBack(queue)
      await events.close()
      await queue.close()
    },
  }
}

/** What is waited for of chunks that were handed out. */
function openHanded() {
  const open = new Map<string, PromiseWithResolvers<JsonObject>>()
  return {
    begin(id: string, signal: AbortSignal): Promise<JsonObject> {
      const ended = Promise.withResolvers<JsonObject>()
      open.set(id, ended)
      const leave = () => ended.reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
      return ended.promise.finally(() => {
        signal.removeEventListener('abort', leave)
        open.delete(id)
      })
    },
    ends: (id: string, said: unknown) => open.get(id)?.resolve(asObject(said)),
    breaks: (id: string, why: string) => open.get(id)?.reject(new Error(`a worker broke: ${why}`)),
  }
}

/** BullMQ tells of a server that is gone; it is waited for. */
function quiet<Emitter extends { on(event: 'error', listener: () => void): unknown }>(emitter: Emitter) {
  emitter.on('error', () => {})
  return emitter
}

async function takeBack(queue: Queue): Promise<void> {
  await queue.drain(true)
  for (const kind of ['completed', 'failed'] as const) await queue.clean(0, 0, kind)
}

/**
 * Wait for workers that still work on what an earlier leader handed out: nobody is to do the same beside them. What one
 * had that was killed is taken from it when its lock is over: without a leader no worker looks for that.
 */
async function idle(queue: Queue, signal: AbortSignal): Promise<void> {
  while ((await queue.getActiveCount()) + (await queue.getWaitingCount()) > 0) {
    await queue.drain(true)
    for (const job of await queue.getActive()) await job?.remove().catch(() => {})
    await sleep(200, undefined, { signal })
  }
}

const asObject = (said: unknown): JsonObject =>
  (typeof said === 'string' ? parseJson(said) : said) as JsonObject

/** What stands in the queue. */
export type Handed = { session: string; chunk: JsonObject }

/** Take chunks, as a worker, until it is to end or another leader hands them out. */
export async function takeChunks(chunks: Chunks, working: Working): Promise<void> {
  const { client, lockMs } = chunks
  const over = Promise.withResolvers<void>()
  const taken = openTaken(working, over.resolve)
  const worker = quiet(
    new Worker<JsonObject, JsonObject>(queueName, taken.process, {
      ...settings(chunks),
      concurrency: working.most,
      lockDuration: lockMs,
      stalledInterval: Math.max(500, Math.min(15_000, lockMs / 4)),
      maxStalledCount: anyNumber,
      autorun: false,
      drainDelay: 1,
      // 15 s by default, after which it looks at a server that was away.
      runRetryDelay: 500,
    }),
  )
  worker.on('lockRenewalFailed', ids => taken.lose(ids, 'another worker has the chunk'))
  /** A server that was killed may have forgotten who has what, and gives it to another one. */
  const check = () =>
    void unlocked(chunks, taken.ids())
      .then(ids => taken.lose(ids, 'Redis has lost the chunk'))
      .catch(() => {})
  client.on('ready', check)
  // A server that is killed while it is only just being reached is one that is not there.
  await worker.waitUntilReady().catch(cause => {
    throw new WorkersError(
      'workers: Redis was gone before it could be asked for work; start it, and the worker again',
      { cause },
    )
  })
  worker.run().catch(() => {})
  const end = AbortSignal.any([working.signal, working.ended])
  if (end.aborted) over.resolve()
  end.addEventListener('abort', () => over.resolve(), { once: true })
  await over.promise
  client.off('ready', check)
  await worker.close()
}

/** The chunks that a worker has. `other` is told when there is one of another leader, who may have said otherwise. */
function openTaken({ session, work, signal }: Working, other: () => void) {
  const underWay = new Map<string, AbortController>()

  /** Another worker is to have it, and at once. */
  async function giveBack(job: Job<JsonObject, JsonObject>, token?: string): Promise<never> {
    await job.moveToWait(token)
    throw new WaitingError()
  }

  async function process(job: Job<JsonObject, JsonObject>, token?: string): Promise<JsonObject> {
    const handed = job.data as Handed
    if (handed.session !== session) {
      other()
      return giveBack(job, token)
    }
    const lost = new AbortController()
    const id = job.id ?? ''
    underWay.set(id, lost)
    try {
      return await work(handed.chunk, AbortSignal.any([lost.signal, signal]))
    } catch (error) {
      if (lost.signal.aborted) throw error
      return giveBack(job, token)
    } finally {
      underWay.delete(id)
    }
  }

  return {
    process,
    ids: () => [...underWay.keys()],
    lose(ids: readonly string[], why: string) {
      for (const id of ids) underWay.get(id)?.abort(new Error(why))
    },
  }
}

/** Those of them that no worker holds. */
async function unlocked({ client, prefix }: Chunks, ids: readonly string[]): Promise<string[]> {
  const held = await Promise.all(ids.map(id => client.exists(`${prefix}:${queueName}:${id}:lock`)))
  return ids.filter((_, index) => held[index] === 0)
}
