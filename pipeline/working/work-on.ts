import pLimit from 'p-limit'
import { preparing } from '../decide/prepared-rows.ts'
import { DeadlineError, UsedUp } from '../errors.ts'
import type { Chunk, ChunkDone } from '../leading/chunk.ts'
import { type Plan, type Planned, plannedIn, rolloutKeys } from '../plan.ts'
import type { Run } from '../run.ts'
import { solver } from '../solve/solve.ts'
import type { Came } from '../stage.ts'
import { type OpenMeasuring, openMeasuring } from '../verify/verify.ts'

/** Does chunks, as a worker. However many are at work, no more rollouts are than the config says. */
export interface ChunkWork extends AsyncDisposable {
  do(chunk: Chunk, signal: AbortSignal): Promise<ChunkDone>
}

/** `done` hears of each rollout that is over. */
export function openChunkWork(run: Run, listen: { begun(): void; done(): void }): ChunkWork {
  const limit = pLimit(run.config.limits.concurrency)
  const measurings = new Map<string, Promise<OpenMeasuring>>()

  /** A session of Python for analysis, and which facts there are, outlive a chunk. */
  function measuringOf(names: readonly string[]): Promise<OpenMeasuring> {
    const known = measurings.get(String(names))
    if (known) return known
    const checks = run.config.checks.filter(({ name }) => names.includes(name))
    const opened = openMeasuring({ ...run, config: { ...run.config, checks } }, preparing(run))
    measurings.set(String(names), opened)
    return opened
  }

  async function all(items: Planned[], run: Run, work: Work): Promise<Pick<ChunkDone, 'came' | 'usedUp'>> {
    let refused: UsedUp | undefined
    const stop = new AbortController()
    const either = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) }

    async function one(item: Planned): Promise<Came> {
      either.signal.throwIfAborted()
      if (refused) return 'later'
      listen.begun()
      try {
        run.deadline?.check()
        return await work(item, either)
      } catch (error) {
        if (!(error instanceof UsedUp)) throw error
        refused ??= error
        return 'later'
      } finally {
        listen.done()
      }
    }

    const results = await Promise.allSettled(
      items.map(item =>
        limit(() =>
          one(item).catch(error => {
            stop.abort(error)
            throw error
          }),
        ),
      ),
    )
    run.signal.throwIfAborted()
    stop.signal.throwIfAborted()
    const came = results.map(result => (result.status === 'fulfilled' ? result.value : 'later'))
    return { came, ...(refused && { usedUp: wordsOf(refused) }) }
  }

  return {
    async do(chunk, signal) {
      const here = { ...run, signal }
      const plan: Plan = {
        id: chunk.plan,
        total: chunk.keys.length,
        keyOf: rolloutKeys(run),
        within: () => true,
      }
      const items = await plannedIn(plan, chunk.keys, here)
      if (chunk.stage === 'verify') {
        const measuring = await measuringOf(chunk.checks)
        const work: Work = async (item, run) => (await measuring.work(item, run)).came
        return { ...(await all(items, here, work).finally(measuring.tell)), fates: [] }
      }
      const solving = solver(plan, here)
      const done = await all(items, here, solving.work).finally(solving.written)
      return { ...done, fates: solving.fates() }
    },
    async [Symbol.asyncDispose]() {
      for (const opened of measurings.values())
        await (await opened.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}

type Work = (item: Planned, run: Run) => Promise<Came>

const wordsOf = (error: UsedUp): NonNullable<ChunkDone['usedUp']> => ({
  what: error instanceof DeadlineError ? 'time' : 'money',
  text: error.message,
})
