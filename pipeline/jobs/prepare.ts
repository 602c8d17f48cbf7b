import { isSelector } from '../../filters/selector.ts'
import type { Inputs } from '../../output/run-about.ts'
import type { Store } from '../../store/store.ts'
import { intake, type TakenIn } from '../../tasks/intake.ts'
import { keepTaskList } from '../../tasks/task-list.ts'
import { checkTextRows } from '../../tasks/text-rows.ts'
import { type Plan, wholePlan } from '../plan.ts'
import type { Run } from '../run.ts'
import { belongsTo } from '../run-part.ts'
import { screen } from '../screen/screen.ts'
import { listScreened, toSolve } from '../screen/screenings.ts'
import { openStage } from '../stage.ts'
import { takeRollouts } from '../taking/take-rollouts.ts'

/** What was taken in, with the files of text that exports mix in. */
export interface Taken extends TakenIn {
  texts: Inputs['texts']
}

/**
 * Take in every task, and look at what selectors compare with and exports mix in. Bad input throws here, before
 * anything is spent.
 */
export async function takeIn(run: Run): Promise<Taken> {
  const { tasks, rollouts, filters, exports } = run.config
  const stage = openStage(run, 'intake', null)
  for (const selector of filters.filter(isSelector)) await selector.ready?.()
  const texts: Inputs['texts'] = []
  for (const one of exports)
    if ('mix' in one && one.mix) texts.push({ export: one.name, files: await checkTextRows(one.mix.rows) })
  const { signal, listen } = run
  const { newest, part } = run.config
  const reaching = { signal, listen, newest, mine: belongsTo(part) }
  const list =
    tasks.length === 0 && rollouts.length > 0
      ? await noTasks(run.store)
      : await intake(tasks, run.store, stage.through, reaching)
  for (const message of list.changed) listen({ kind: 'warning', message })
  for (const message of list.lines) listen({ kind: 'note', message })
  return { ...list, texts }
}

/** Where all that there is was made elsewhere. */
const noTasks = async (store: Store): Promise<TakenIn> => ({
  ...(await keepTaskList(store, () => [])),
  changed: [],
  lines: [],
  note: null,
  inputs: [],
})

/** Take in every task, screen those that are new, and write down what teachers are to solve. */
export const prepare = async (run: Run): Promise<Plan> => planOf(await takeIn(run), run)

/** The same for tasks that were taken in. */
export async function planOf(list: Taken, run: Run): Promise<Plan> {
  await using rollouts = run.config.rollouts.length > 0 ? await takeRollouts(run) : undefined
  await screen(list, run)
  await listScreened(list, run)
  const plan = await wholePlan(list.fingerprint, run, toSolve(list, run), rollouts)
  const read = rollouts?.sources.map(({ name, licence, rows, unread, files }) => ({
    ...{ name, licence, rows, unread, files },
  }))
  const inputs = { tasks: list.inputs, texts: list.texts, ...(read && { rollouts: read }) }
  return { ...plan, inputs, ...(list.note && { notes: [{ by: 'intake', ...list.note }] }) }
}
