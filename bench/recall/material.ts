import { isRight } from '../../answers/compare.ts'
import { prepare } from '../../pipeline/jobs/prepare.ts'
import type { Run } from '../../pipeline/run.ts'
import { solve } from '../../pipeline/solve/solve.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { answerOf, type Fault } from '../quality/fault.ts'
import * as calls from '../quality/faults/calls.ts'
import * as code from '../quality/faults/code.ts'
import * as records from '../quality/faults/records.ts'
import * as said from '../quality/faults/said.ts'
import * as tasks from '../quality/faults/tasks.ts'
import { handOf } from '../quality/hand.ts'
import type { Case } from './recall.ts'
import { type RowFault, rowFaults } from './row-faults.ts'

/** What is planted: all that a single row shows. */
export const faults = [said, records, code, calls, tasks]
  .flatMap((kinds): Fault[] => Object.values(kinds).flat())
  .filter(({ everywhere }) => !everywhere)

/** All kinds, unless others are named. */
interface Planted {
  kinds?: readonly Fault[]
  ofRows?: readonly RowFault[]
}

/**
 * The right rollouts of a run, and copies of some with a fault each, so many of a kind. A key is all that a file of
 * others holds of what is right: neither tolerance nor choices.
 */
export async function casesOf(
  run: Run,
  copies: number,
  { kinds = faults, ofRows = rowFaults }: Planted = {},
) {
  const good = await solved(run)
  const cases: Case[] = good.map((trajectory, index) => ({ id: `good/${index}`, kind: null, trajectory }))
  for (const { name, plant } of kinds) {
    let made = 0
    for (const original of good.toSorted((a, b) => order(name, a) - order(name, b))) {
      if (made >= copies) break
      const others = good.filter(each => each !== original)
      const hand = handOf({ seed: `${name} ${original.key}`, others }, run.config, run.store)
      const copy = await plant(original, hand)
      if (!copy) continue
      const trajectory = { ...copy, key: hashOf([name, original.key]) }
      cases.push({ id: `${slugOf(name)}/${++made}`, kind: name, trajectory })
    }
  }
  // Where several pictures are shown, the last one is not the question's.
  const drawn = good.filter(each => each.task.images.length > 0 && each.turns.length > 1)
  for (const fault of ofRows)
    for (const [at, trajectory] of drawn.slice(0, copies).entries())
      cases.push({ id: `${slugOf(fault.name)}/${at + 1}`, kind: fault.name, trajectory, fault })
  return cases
}

const slugOf = (name: string): string => name.replaceAll(/\W+/g, '-')

const order = (name: string, { key }: Trajectory): number =>
  Number.parseInt(hashOf([name, key]).slice(0, 8), 16)

async function solved(run: Run): Promise<Trajectory[]> {
  const bare = { ...run, config: { ...run.config, checks: [], filters: [] } }
  await solve(await prepare(bare), bare)
  const found: Trajectory[] = []
  for await (const { value } of run.store.scan<Trajectory>('trajectories')) {
    const strict = { ...value, task: { ...value.task, tolerance: null, choices: null } }
    if (isRight(answerOf(strict), strict.task)) found.push(strict)
  }
  return found
}
