import type { Task } from '../schemas/task.ts'
import { eachAffordable } from './affordable.ts'
import { interruptible } from './interruptible.ts'
import type { StageName } from './progress.ts'
import type { Run } from './run.ts'

/** What became of an item: `needless` is done with nothing to do, `later` is not done and comes again. */
export type Came = 'new' | 'already' | 'failed' | 'needless' | 'later'

interface Stage {
  /**
   * Work on items, as many at once as the config says and as far as money and time last. The run that `work` is given
   * is aborted, too, where another item broke.
   */
  each<T extends { task: Task }>(
    items: AsyncIterable<T>,
    work: (item: T, run: Run) => Promise<Came>,
  ): Promise<void>
  /** Say what became of items that were not worked on here. */
  count(came: Came): void
  /** Say that an earlier run has done it all. */
  already(): void
  /** Hand rows on one at a time. A row is done when the next is asked for. */
  through<T>(rows: AsyncIterable<T>): AsyncGenerator<T>
}

/** Begin a stage of a run, and say so and how far it is; `total` is null where that is not known. */
export function openStage(run: Run, stage: StageName, total: number | null): Stage {
  const counts = { done: 0, already: 0, failed: 0 }
  run.listen({ kind: 'stage', stage, total })

  function count(came: Came, took?: { task: string; ms: number }) {
    if (came === 'later') return
    counts.done++
    if (came === 'already' || came === 'failed') counts[came]++
    run.listen({ kind: 'done', stage, ...counts, total, usd: run.spending.usd(), ...took })
  }

  return {
    count: came => count(came),
    each(items, work) {
      const timed = async (item: Parameters<typeof work>[0], signal: AbortSignal) => {
        run.deadline?.check()
        const began = performance.now()
        const came = await work(item, { ...run, signal })
        const took = { task: item.task.id, ms: Math.round(performance.now() - began) }
        count(came, came === 'new' || came === 'failed' ? took : undefined)
      }
      return eachAffordable(items, run.config.limits.concurrency, timed, run.signal)
    },
    already() {
      const done = total ?? 0
      run.listen({ kind: 'done', stage, done, already: done, failed: 0, total, usd: run.spending.usd() })
    },
    async *through(rows) {
      for await (const row of interruptible(rows, run.signal)) {
        run.deadline?.check()
        yield row
        count('new')
      }
    },
  }
}
