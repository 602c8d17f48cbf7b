import { contentOf } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Prices } from '../../teachers/prices.ts'
import { rolloutKey, rolloutKeys } from '../plan.ts'
import {
  type Conditions,
  changed,
  conditions,
  differences,
  recordedDifferences,
} from '../rollout-conditions.ts'
import type { Run } from '../run.ts'
import { usedBy } from '../spend/usage-cost.ts'
import { configFor } from '../without-images.ts'
import { slotOf, type Wanted } from './missing-work.ts'
import { type Again, type Piece, sumOf } from './work-again.ts'

/** Rollouts of the same task, teacher and sample that were made, but not of what is asked now. */
export async function rolloutsAgain(
  missing: ReadonlyMap<string, Wanted>,
  run: Run,
  prices: Prices,
): Promise<Again> {
  const { store } = run
  const keyOf = rolloutKeys(run)
  const because = await reasons(run)
  const pieces = new Map<string, Piece>()
  const done = new Set<string>()
  for await (const trajectory of missing.size > 0 ? trajectories(store) : []) {
    const slot = slotOf(trajectory.task.id, trajectory.teacher.name, trajectory.sample)
    const wanted = missing.get(slot)
    if (!wanted || trajectory.outcome.kind === 'failed') continue
    const task = wanted.screened ? wanted.task : trajectory.task
    const key = keyOf(task, wanted.teacher, wanted.sample)
    if (key === trajectory.key) done.add(slot)
    const { usd } = usedBy({ ...trajectory, teacher: wanted.teacher }, prices)
    pieces.set(slot, { key, usd, because: because(trajectory, { ...wanted, task }) })
  }
  for (const slot of done) pieces.delete(slot)
  return sumOf('rollout', pieces.values(), store)
}

async function* trajectories(store: Store) {
  for await (const { value } of store.scan<Trajectory>('trajectories')) yield value
}

/** Conditions that rollouts were made under are kept from now on; of those before, their own record says a part. */
async function reasons({ config, store }: Run) {
  const roles = Object.keys(config.prompts)
  const known = await Array.fromAsync(store.scan<Conditions>('accepted', conditionsKey('')))
  return (made: Trajectory, { task, teacher }: Wanted): string[] => {
    const now = conditions(configFor(task, config))
    const under = known.find(
      ({ key }) => rolloutKey(made.task, made.teacher, made.sample, sharedOf(key)) === made.key,
    )
    const all = [
      ...(under ? differences(under.value, now, roles) : recordedDifferences(made, now, roles)),
      ...changed(made.teacher.options, teacher.options).map(key => `teachers (${key} of ${teacher.name})`),
      ...changed(contentOf(made.task), contentOf(task)).map(field => `tasks (${field})`),
    ]
    return all.length > 0 ? all : ['tools, sandbox, limits or leaks (which of them was not written down)']
  }
}

/** Where the conditions are kept that have this hash. */
export const conditionsKey = (shared: string) => `conditions/${shared}`
const sharedOf = (key: string) => key.slice(conditionsKey('').length)
