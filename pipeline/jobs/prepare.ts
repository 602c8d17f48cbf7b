import { isSelector } from '../../filters/selector.ts'
import { intake, type TakenIn } from '../../tasks/intake.ts'
import { checkTextRows } from '../../tasks/text-rows.ts'
import { makePlan, type Plan } from '../plan.ts'
import type { Run } from '../run.ts'
import { screen } from '../screen/screen.ts'
import { listScreened, toSolve } from '../screen/screenings.ts'
import { openStage } from '../stage.ts'

/**
 * Take in every task, and look at what selectors compare with and exports mix in. Bad input throws here, before
 * anything is spent.
 */
export async function takeIn(run: Run): Promise<TakenIn> {
  const { tasks, filters, exports } = run.config
  const stage = openStage(run, 'intake', null)
  for (const selector of filters.filter(isSelector)) await selector.ready?.()
  for (const one of exports) if ('mix' in one && one.mix) await checkTextRows(one.mix.rows)
  const { signal, listen } = run
  const reaching = { signal, listen, newest: run.config.newest }
  const list = await intake(tasks, run.store, stage.through, reaching)
  for (const message of list.changed) listen({ kind: 'warning', message })
  for (const message of list.lines) listen({ kind: 'note', message })
  return list
}

/** Take in every task, screen those that are new, and write down what teachers are to solve. */
export const prepare = async (run: Run): Promise<Plan> => planOf(await takeIn(run), run)

/** The same for tasks that were taken in. */
export async function planOf(list: TakenIn, run: Run): Promise<Plan> {
  await screen(list, run)
  await listScreened(list, run)
  const plan = await makePlan(list.fingerprint, run, toSolve(list, run))
  return list.note ? { ...plan, notes: [{ by: 'intake', ...list.note }] } : plan
}
