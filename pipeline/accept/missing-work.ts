import type { Check } from '../../checks/check.ts'
import type { Screening } from '../../schemas/screening.ts'
import type { Task } from '../../schemas/task.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { type TaskList, taskList } from '../../tasks/task-list.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { rolloutKeys } from '../plan.ts'
import type { Run } from '../run.ts'
import { screeningKeys } from '../screen/screenings.ts'
import { factKeys } from '../verify/check-sources.ts'

export interface Wanted {
  task: Task
  /** A task that is not screened yet may still be put in other words for the teachers. */
  screened: boolean
  teacher: Teacher
  sample: number
}

/** Work of the present config that is not stored; `key` is where it will be. */
export type Missing =
  | { kind: 'screening'; task: string; key: string }
  | ({ kind: 'rollout' } & Wanted)
  | { kind: 'fact'; check: Check; key: string }

/** One pass over the tasks; what fails to be done is missing, too. Facts are those of checks that ask models. */
export async function* missingIn(list: TaskList, run: Run): AsyncGenerator<Missing> {
  const { config, store } = run
  const screeningKey = screeningKeys(run)
  const keyOf = rolloutKeys(run)
  const paid = config.checks.filter(({ models = [] }) => models.length > 0)
  const factKey = await factKeys(paid, store)

  async function* missingOf(wanted: Wanted): AsyncGenerator<Missing> {
    const key = keyOf(wanted.task, wanted.teacher, wanted.sample)
    const trajectory = await store.get<Trajectory>('trajectories', key)
    if (!trajectory) yield { kind: 'rollout', ...wanted }
    if (trajectory?.outcome.kind !== 'answered') return
    for (const check of paid)
      if ((await store.get<Fact>('facts', factKey(key, check))) === undefined)
        yield { kind: 'fact', check, key: factKey(key, check) }
  }

  for await (const task of taskList(store, list.fingerprint)) {
    const key = screeningKey(task)
    const known = config.screens.length > 0 ? await store.get<Screening>('screenings', key) : undefined
    const screened = known !== undefined || config.screens.length === 0
    if (!screened) yield { kind: 'screening', task: task.id, key }
    if (known && known.route !== 'sft') continue
    for (const teacher of config.teachers)
      for (let sample = 0; sample < teacher.samples; sample++)
        yield* missingOf({ task: known?.task ?? task, screened, teacher, sample })
  }
}
