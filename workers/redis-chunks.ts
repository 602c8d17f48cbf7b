import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Queue, QueueEvents, WaitingError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { JsonObject } from '../schemas/json.ts'
import { parseJson } from '../schemas/json.ts'
import { type Leader, WorkersError, type Working } from './worker-pool.ts'

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
export async function openChunks(chunks: Chunks, signal: AbortSignal): Promise<Omit<Leader, 'begin'>> {
  const queue = quiet(new Queue<JsonObject, JsonObject>(queueName, settings(chunks)))
  await takeBack(queue)
  await idle(queue, signal)
  const events = quiet(new QueueEvents(queueName, settings(chunks)))
  await events.waitUntilReady()
  const open = new Map<string, PromiseWithResolvers<JsonObject>>()
  const ends = (id: string, said: unknown) => open.get(id)?.resolve(asObject(said))
  const breaks = (id: string, why: string) => open.get(id)?.reject(new Error(`a worker broke: ${why}`))
  events.on('completed', ({ jobId, returnvalue }) => ends(jobId, returnvalue))
  events.on('failed', ({ jobId, failedReason }) => breaks(jobId, failedReason))

  async function add(id: string, chunk: JsonObject) {
    await queue.add(queueName, chunk, {
      jobId: id,
      removeOnComplete: { age: 3600 },
      removeOnFail: { age: 3600 },
    })
  }

  /** One that ended without a word, or that Redis has lost. */
  async function look(id: string, chunk: JsonObject) {
    const job = await queue.getJob(id)
    if (!job) return add(id, chunk)
    if (await job.isCompleted()) ends(id, job.returnvalue)
    else if (await job.isFailed()) breaks(id, job.failedReason)
  }

  return {
    async hand(chunk, signal) {
      signal.throwIfAborted()
      const id = randomUUID()
      const ended = Promise.withResolvers<JsonObject>()
      open.set(id, ended)
      const leave = () => ended.reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
      await add(id, chunk)
      const looking = setInterval(() => void look(id, chunk).catch(() => {}), lookMs)
      try {
        return await ended.promise
      } finally {
        clearInterval(looking)
        signal.removeEventListener('abort', leave)
        open.delete(id)
      }
    },
    async [Symbol.asyncDispose]() {
      await takeBack(queue)
      await events.close()
      await queue.close()
    },
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

/** Take chunks, as a worker. */
export async function takeChunks(chunks: Chunks, { most, work, signal, ended }: Working): Promise<void> {
  const { client, prefix, lockMs } = chunks
  const underWay = new Map<string, AbortController>()

  async function process(job: Job<JsonObject, JsonObject>, token?: string): Promise<JsonObject> {
    const lost = new AbortController()
    const id = job.id ?? ''
    underWay.set(id, lost)
    try {
      return await work(job.data, AbortSignal.any([lost.signal, signal]))
    } catch (error) {
      if (lost.signal.aborted) throw error
      // Another worker is to have it, and at once.
      await job.moveToWait(token)
      throw new WaitingError()
    } finally {
      underWay.delete(id)
    }
  }

  const worker = quiet(
    new Worker<JsonObject, JsonObject>(queueName, process, {
      ...settings(chunks),
      concurrency: most,
      lockDuration: lockMs,
      stalledInterval: Math.max(500, Math.min(15_000, lockMs / 4)),
      maxStalledCount: anyNumber,
      autorun: false,
      drainDelay: 1,
      // 15 s by default, after which it looks at a server that was away.
      runRetryDelay: 500,
    }),
  )
  worker.on('lockRenewalFailed', ids => {
    for (const id of ids) underWay.get(id)?.abort(new Error('another worker has the chunk'))
  })
  /** A server that was killed may have forgotten who has what, and gives it to another one. */
  const again = async () => {
    for (const [id, lost] of underWay)
      if ((await client.exists(`${prefix}:${queueName}:${id}:lock`)) === 0)
        lost.abort(new Error('Redis has lost the chunk'))
  }
  const check = () => void again().catch(() => {})
  client.on('ready', check)
  // A server that is killed while it is only just being reached is one that is not there.
  await worker.waitUntilReady().catch(cause => {
    throw new WorkersError(
      'workers: Redis was gone before it could be asked for work; start it, and the worker again',
      { cause },
    )
  })
  worker.run().catch(() => {})
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const end = AbortSignal.any([signal, ended])
  if (end.aborted) resolve()
  end.addEventListener('abort', () => resolve(), { once: true })
  await over
  client.off('ready', check)
  await worker.close()
}
