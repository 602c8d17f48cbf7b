import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { LedSession, OpenPool, SignOfLife } from '../../workers/worker-pool.ts'
import { realClock } from '../ask/clock.ts'
import type { Settings } from '../config.ts'
import { openDeadline } from '../deadline.ts'
import { ConfigError } from '../errors.ts'
import { asChunk, asSessionAbout, measuredBy, type SessionAbout } from '../leading/chunk.ts'
import type { Listener } from '../progress.ts'
import { openChunkWork } from '../working/work-on.ts'
import { runOn, usePlugins } from './open-run.ts'

/** What a worker works with. */
export interface WorkerOpening {
  listen: Listener
  signal: AbortSignal
  /** End when a leader has ended. Without, the next one is waited for. */
  once: boolean
  /** Told at the end what it has done. */
  ended?(sign: SignOfLife): void
}

/** Milliseconds between looks whether somebody leads. */
const pace = 500

/** Work for the leaders of a run, one after the other. Ends with the signal, or with the fault of this worker. */
export async function workForLeaders(config: Settings, opening: WorkerOpening): Promise<void> {
  if (!config.workers) throw new ConfigError('workers: the config names none; add one such as redis({ url })')
  await using stack = new AsyncDisposableStack()
  usePlugins(config, stack)
  const pool = stack.use(await config.workers.join(config.name))
  const signs = stack.use(signsOf(pool))
  try {
    await eachSession(pool, config, { ...opening, signs })
  } catch (error) {
    opening.signal.throwIfAborted()
    await signs[Symbol.asyncDispose]()
    await pool.report({ ...signs.now(), fault: error instanceof Error ? error.message : String(error) })
    throw error
  } finally {
    opening.ended?.(signs.now())
  }
}

type Working = WorkerOpening & { signs: ReturnType<typeof signsOf> }

async function eachSession(pool: OpenPool, config: Settings, working: Working): Promise<void> {
  const { listen, signal, once } = working
  for (let told = false; ; ) {
    const session = await pool.session()
    if (session) {
      listen({ kind: 'note', message: `works for the leader of ${config.name}` })
      await workFor(session, pool, config, working)
      listen({ kind: 'note', message: `the leader of ${config.name} has ended` })
      if (once) return
      told = false
    }
    const message = `waits for \`kindling run\` with this config, which leads the workers of ${config.name}`
    if (!told) listen({ kind: 'note', message })
    told = true
    await realClock.sleep(pace, signal)
  }
}

/** Take chunks of a leader until it has ended, and end those that were begun. */
async function workFor(
  session: LedSession,
  pool: OpenPool,
  config: Settings,
  { listen, signal, signs }: Working,
): Promise<void> {
  const { generation, limited, until, checks } = asSessionAbout(session.about)
  demandChecks(config, checks)
  await using stack = new AsyncDisposableStack()
  const store = stack.use(await config.store.open(config.folder))
  const deadline = until === null ? undefined : stack.use(openDeadline(until - Date.now(), realClock))
  const { limiter, funds } = pool
  const shared = { funds, limited, clock: realClock }
  const run = await runOn(store, config, { asks: 'anybody', listen, signal, limiter, shared, deadline })
  if (run.generation !== generation)
    throw new ConfigError(
      `the store in ${config.folder} is not its leader's; give all workers of a run one store`,
    )
  const work = stack.use(openChunkWork(run, signs))
  const broke = new AbortController()
  const ended = sessionEnd(pool, session.id, AbortSignal.any([signal, broke.signal]))
  await pool.work({
    session: session.id,
    most: config.limits.concurrency,
    signal: AbortSignal.any([signal, broke.signal]),
    ended,
    work: async (chunk, mine) => {
      try {
        return await work.do(asChunk(chunk), mine)
      } catch (error) {
        // Others may be able to do it: this one ends, and says why.
        if (!mine.aborted) broke.abort(error)
        throw error
      }
    },
  })
  signal.throwIfAborted()
  broke.signal.throwIfAborted()
}

/** Throws ConfigError where a check of the leader is not here, or would measure something else. */
function demandChecks(config: Settings, checks: SessionAbout['checks']): void {
  const own = measuredBy(config)
  const unlike = checks.find(({ name, hash }) => !own.some(each => each.name === name && each.hash === hash))
  if (unlike)
    throw new ConfigError(
      `the config is another one than its leader's: it has no check ${unlike.name} with the same options; give both the same`,
    )
}

/** Aborts when the leader has ended, or another one leads. */
function sessionEnd(pool: OpenPool, id: string, signal: AbortSignal): AbortSignal {
  const ended = new AbortController()
  const looking = async () => {
    while ((await pool.session())?.id === id) await realClock.sleep(pace, signal)
    ended.abort()
  }
  looking().catch(() => ended.abort())
  return ended.signal
}

/** Milliseconds between signs of life. */
const signPace = 2000

/** Tells the others how this worker is, until it ends. */
function signsOf(pool: OpenPool) {
  const delays = monitorEventLoopDelay({ resolution: 20 })
  delays.enable()
  const counts = { underWay: 0, done: 0 }
  const now = () => ({ ...counts, longestBlockMs: Math.round(delays.max / 1e6) })
  const report = () => void pool.report(now()).catch(() => {})
  report()
  const reporting = setInterval(report, signPace)
  return {
    now,
    begun: () => void counts.underWay++,
    done() {
      counts.underWay--
      counts.done++
    },
    async [Symbol.asyncDispose]() {
      clearInterval(reporting)
      delays.disable()
    },
  }
}
