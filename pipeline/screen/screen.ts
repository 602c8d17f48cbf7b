import type { ReplyUse } from '../../schemas/reply-use.ts'
import type { Task } from '../../schemas/task.ts'
import type { Screen, ScreenContext, Screening } from '../../screens/screen.ts'
import type { Store } from '../../store/store.ts'
import { type TaskList, taskList } from '../../tasks/task-list.ts'
import type { Settings } from '../config.ts'
import type { Listener } from '../progress.ts'
import { type OpenSolver, openSolver } from '../rollout/solver.ts'
import { eachAffordable } from '../spend/affordable.ts'
import { unmeasured } from '../verify/left-open.ts'
import { noModels, openMetered } from '../verify/models.ts'
import { screeningKeys } from './screenings.ts'

interface Options {
  open?: OpenSolver
  /** Only tasks with these ids. */
  only?: ReadonlySet<string>
}

/**
 * Put every task that is not screened yet through the screens: what it costs is spent before a teacher is asked, to ask them
 * less. A task whose models could not be asked stays unscreened, and a warning says so.
 */
export async function screen(
  list: TaskList,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  { open = openSolver, only }: Options = {},
): Promise<void> {
  const { screens } = config
  if (screens.length === 0) return
  const solver = screens.some(({ models = [] }) => models.length > 0) && (await open(config, store, listen))
  const modelsFor = solver ? openMetered(solver) : () => noModels
  const keyOf = await screeningKeys(config, store)
  const missing = unmeasured('task', 'screened', 'no teacher is asked about them until they are')
  const total = only?.size ?? list.count
  let done = 0
  let already = 0
  listen({ kind: 'stage', stage: 'screen', total })

  async function work(task: Task, signal: AbortSignal) {
    const began = performance.now()
    let took: { task: string; ms: number } | undefined
    if ((await store.get('screenings', keyOf(task))) !== undefined) already++
    else {
      const used: ReplyUse[] = []
      const models = modelsFor(uses => void used.push(...uses))
      const screened = await screenTask(task, screens, { models, signal }).catch(error => {
        missing.add('screening', task.id, error)
      })
      if (screened) await store.put<Screening>('screenings', keyOf(task), { ...screened, used })
      took = { task: task.id, ms: Math.round(performance.now() - began) }
    }
    const usd = solver && { usd: solver.spending.usd() }
    listen({ kind: 'done', stage: 'screen', done: ++done, already, total, ...usd, ...took })
  }

  try {
    await eachAffordable(tasksOf(list, store, only), config.limits.concurrency, work, signal)
  } finally {
    const message = missing.summary()
    if (message !== undefined) listen({ kind: 'warning', message })
  }
}

async function* tasksOf({ fingerprint }: TaskList, store: Store, only: ReadonlySet<string> | undefined) {
  for await (const task of taskList(store, fingerprint)) if (only?.has(task.id) ?? true) yield task
}

/** The first screen that decides ends it; what none decides about is for the teachers. */
async function screenTask(
  asked: Task,
  screens: readonly Screen[],
  context: ScreenContext,
): Promise<Screening> {
  const data: Screening['data'] = {}
  let task = asked
  for (const { name, screen } of screens) {
    const screened = await screen(task, context)
    data[name] = screened.data
    if (screened.route !== 'next') {
      const { route, reason, detail } = screened
      return { task, route, by: name, reason, detail, data }
    }
    task = screened.task ?? task
  }
  return { task, route: 'sft', by: '', reason: '', detail: '', data }
}
