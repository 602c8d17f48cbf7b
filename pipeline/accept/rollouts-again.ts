import { contentOf } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
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
import type { MadeBefore } from './made-before.ts'
import type { Wanted } from './missing-work.ts'
import type { Piece } from './work-again.ts'

/** Why a rollout that is missing was made before, but not of what is asked now; undefined where it was not. */
export async function rolloutsAgain(made: MadeBefore, run: Run, prices: Prices) {
  const keyOf = rolloutKeys(run)
  const because = await reasons(run)
  return async (wanted: Wanted): Promise<Piece | undefined> => {
    const { teacher, sample } = wanted
    let piece: Piece | undefined
    for (const trajectory of await made.rolloutsOf(wanted.task.id, teacher.name, sample)) {
      const task = wanted.screened ? wanted.task : trajectory.task
      const key = keyOf(task, teacher, sample)
      if (key === trajectory.key) return undefined
      const { usd } = usedBy({ ...trajectory, teacher }, prices)
      piece = { key, usd, because: because(trajectory, { ...wanted, task }) }
    }
    return piece
  }
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
