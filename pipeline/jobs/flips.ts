import type { Decision } from '../../output/export.ts'
import { dropName } from '../../schemas/drop.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { stateOf } from '../../schemas/measurement.ts'
import type { Fact } from '../../schemas/trajectory.ts'
import { decideAll } from '../decide/decide.ts'
import { type Decided, decisionsIn, decisionsPath } from '../decide/decisions.ts'
import type { Run } from '../run.ts'
import { verify } from '../verify/verify.ts'
import { prepare } from './prepare.ts'

/** What a check said: of which version, and the reason where it did not pass, or an empty one where it did. */
export interface CheckOutcome {
  version: number
  reason: string
  /** The reason is why it could not tell. */
  couldNotTell?: true
}

/** A check that says something else than before; null where it has not measured the row. */
export interface Change {
  check: string
  before: CheckOutcome | null
  now: CheckOutcome | null
}

/** A row that is decided about in another way than it was. */
interface Flip {
  key: string
  task: string
  from: string
  /** `kept`, or stage and reason of the drop. */
  to: string
  /** None where filters or selectors alone decide otherwise. */
  because: Change[]
}

/** The comparison of a row's two decisions. `unknown` takes a model that was not asked yet. */
export type Compared = { kind: 'same' | 'new' | 'gone' } | ({ kind: 'flip' | 'unknown' } & Flip)

/**
 * Compare what was decided with what the present checks, filters and selectors decide, row by row in key order. Free
 * checks are measured where they are new, and neither decisions nor exports are written. `against` is a
 * `decisions.jsonl`, the run's own by default.
 */
export async function* comparedRows(
  run: Run,
  against = decisionsPath(run.config.folder),
): AsyncGenerator<Compared> {
  const before = decisionsIn(against)
  let old = await before.next()
  const plan = await prepare(run)
  await verify(plan, run)
  for await (const { measured, verdict } of decideAll(plan, run)) {
    const { key, task } = measured.trajectory
    for (; !old.done && old.value.key < key; old = await before.next()) yield { kind: 'gone' }
    if (old.done || old.value.key !== key) yield { kind: 'new' }
    else {
      yield compare(task.id, old.value, { key, decision: verdict, facts: measured.facts })
      old = await before.next()
    }
  }
  for (; !old.done; old = await before.next()) yield { kind: 'gone' }
}

function compare(task: string, before: Decided, now: Decided): Compared {
  const [from, to] = [fateOf(before.decision), fateOf(now.decision)]
  if (from === to) return { kind: 'same' }
  const kind = isUndecided(now) ? 'unknown' : 'flip'
  return { kind, key: now.key, task, from, to, because: changes(before, now) }
}

/** `kept`, or stage and reason of the drop. */
export const fateOf = (decision: Decision): string => (decision.keep ? 'kept' : dropName(decision))

const isUndecided = ({ decision }: Decided): boolean => !decision.keep && decision.undecided

/** The checks that say something else. A row does not flip because a check that it passes was added or left out. */
function changes(before: Decided, now: Decided): Change[] {
  const names = new Set([...now.facts, ...before.facts].map(({ check }) => check))
  const unchecked = [before, now].some(isUndecided)
  return [...names].flatMap(check => {
    const [was, is] = [before, now].map(({ facts }) => said(facts, check))
    if (was?.reason === is?.reason) return []
    if (!unchecked && (was ?? is)?.reason === '' && (!was || !is)) return []
    return [{ check, before: was ?? null, now: is ?? null }]
  })
}

function said(facts: readonly Fact[], name: string): CheckOutcome | undefined {
  const fact = facts.find(({ check }) => check === name)
  if (!fact) return undefined
  const state = stateOf(fact)
  return {
    version: fact.version,
    reason: state === 'passed' ? '' : fact.reason,
    ...(state === 'could_not_tell' && { couldNotTell: true }),
  }
}

/** Flips of one kind, for the same reasons. */
export interface FlipGroup extends Pick<Flip, 'from' | 'to' | 'because'> {
  count: number
  /** Ids of a few of the tasks. */
  examples: string[]
}

/** What became of all rows that were compared. */
export interface FlipCounts {
  same: number
  new: number
  gone: number
  /** The most frequent first. */
  flips: FlipGroup[]
  unknown: FlipGroup[]
}

/** Count comparisons, one at a time. */
export function flipCounter(): { add(compared: Compared): void; counts(): FlipCounts } {
  const plain = { same: 0, new: 0, gone: 0 }
  const groups = { flip: new Map<string, FlipGroup>(), unknown: new Map<string, FlipGroup>() }
  const sorted = (kind: keyof typeof groups) => [...groups[kind].values()].sort((a, b) => b.count - a.count)
  return {
    add(compared) {
      if (compared.kind !== 'flip' && compared.kind !== 'unknown') {
        plain[compared.kind]++
        return
      }
      const { kind, from, to, because, task } = compared
      const name = canonicalJson({ from, to, because })
      const group = groups[kind].get(name) ?? { from, to, because, count: 0, examples: [] }
      groups[kind].set(name, group)
      group.count++
      if (group.examples.length < 3 && !group.examples.includes(task)) group.examples.push(task)
    },
    counts: () => ({ ...plain, flips: sorted('flip'), unknown: sorted('unknown') }),
  }
}
