import { blaming } from '../../schemas/blame.ts'
import type { ReplyUse } from '../../schemas/reply-use.ts'
import type { Screening } from '../../schemas/screening.ts'
import type { Task } from '../../schemas/task.ts'
import type { Screen, ScreenContext } from '../../screens/screen.ts'
import type { Store } from '../../store/store.ts'
import { type TaskList, taskList } from '../../tasks/task-list.ts'
import type { Run } from '../run.ts'
import { type Came, openStage } from '../stage.ts'
import { unmeasured } from '../verify/left-open.ts'
import { silences } from '../verify/silence.ts'
import { screeningKeys } from './screenings.ts'

/**
 * Put every task that is not screened yet through the screens, or those that have the ids in `only`: what it costs is
 * spent before a teacher is asked, to ask them less. A task whose models could not be asked stays unscreened, and a
 * warning says so.
 */
export async function screen(list: TaskList, run: Run, only?: ReadonlySet<string>): Promise<void> {
  const { store, config } = run
  if (config.screens.length === 0) return
  const keyOf = screeningKeys(run)
  const silent = silences()
  const missing = unmeasured('task', 'screened', 'no teacher is asked about them until they are')

  async function work({ task }: { task: Task }, { signal }: Run): Promise<Came> {
    if ((await store.get('screenings', keyOf(task))) !== undefined) return 'already'
    const used: ReplyUse[] = []
    const models = run.models(config.screens, uses => void used.push(...uses))
    const screened = await screenTask(task, config.screens, { models, signal }).catch(error => {
      missing.add('screening', task.id, error)
    })
    if (!screened) return 'failed'
    for (const [name, data] of Object.entries(screened.data)) silent.note(name, data)
    await store.put<Screening>('screenings', keyOf(task), { ...screened, used })
    return 'new'
  }

  const stage = openStage(run, 'screen', only?.size ?? list.count)
  await stage.each(tasksOf(list, store, only), work).finally(() => {
    missing.tell(run.listen)
    silent.tell(run.listen)
  })
}

async function* tasksOf({ fingerprint }: TaskList, store: Store, only: ReadonlySet<string> | undefined) {
  for await (const task of taskList(store, fingerprint)) if (only?.has(task.id) ?? true) yield { task }
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
    const screened = await blaming({ kind: 'screen', name, method: screen, task: task.id }, () =>
      screen(task, context),
    )
    data[name] = screened.data
    if (screened.route !== 'next') {
      const { route, reason, detail } = screened
      return { task, route, by: name, reason, detail, data }
    }
    task = screened.task ?? task
  }
  return { task, route: 'sft', by: '', reason: '', detail: '', data }
}
