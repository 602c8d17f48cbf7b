import Type, { type Static } from 'typebox'
import type { Decision } from '../../output/export.ts'
import { dropName } from '../../schemas/drop.ts'
import { stateOf } from '../../schemas/measurement.ts'
import { closed } from '../../schemas/options.ts'
import type { Fact } from '../../schemas/trajectory.ts'

/** What a check said: of which version, and the reason where it did not pass, or an empty one where it did. */
const CheckOutcome = closed({
  version: Type.Integer(),
  reason: Type.String(),
  /** The reason is why it could not tell. */
  couldNotTell: Type.Optional(Type.Literal(true)),
})
export type CheckOutcome = Static<typeof CheckOutcome>

const Outcome = Type.Union([CheckOutcome, Type.Null()])

/** A check that says something else than before; null where it has not measured the row. */
const Change = closed({ check: Type.String(), before: Outcome, now: Outcome })
export type Change = Static<typeof Change>

export const Changes = Type.Array(Change)

/** What was decided about a row, and what it rests on. */
export interface RowVerdict {
  /** `kept`, or stage and reason of the drop. */
  fate: string
  /** Dropped, and not by the teacher's doing: another run may decide otherwise. */
  undecided: boolean
  /** By their checks. Rows of which the same was said share one. */
  outcomes: ReadonlyMap<string, CheckOutcome>
}

export const kept = 'kept'

/** `kept`, or stage and reason of the drop. */
export const fateOf = (decision: Decision): string => (decision.keep ? kept : dropName(decision))

/** Holds verdicts in little memory: of thousands of rows the same few things were said. */
export function verdictMaker() {
  const known = new Map<string, RowVerdict['outcomes']>()
  function outcomesOf(facts: readonly Fact[]) {
    const said = facts.map(fact => [fact.check, outcomeOf(fact)] as const)
    const name = JSON.stringify(said)
    // Where a check has two facts, filters go by the first.
    const outcomes = known.get(name) ?? new Map(said.toReversed())
    known.set(name, outcomes)
    return outcomes
  }
  return (fate: string, undecided: boolean, facts: readonly Fact[]): RowVerdict => ({
    fate,
    undecided,
    outcomes: outcomesOf(facts),
  })
}

function outcomeOf(fact: Fact): CheckOutcome {
  const state = stateOf(fact)
  return {
    version: fact.version,
    reason: state === 'passed' ? '' : fact.reason,
    ...(state === 'could_not_tell' && { couldNotTell: true }),
  }
}

/** The checks that say something else. A row does not flip because a check that it passes was added or left out. */
export function changesIn(before: RowVerdict, now: RowVerdict): Change[] {
  const names = new Set([...now.outcomes.keys(), ...before.outcomes.keys()])
  const unchecked = before.undecided || now.undecided
  return [...names].sort().flatMap(check => {
    const [was, is] = [before.outcomes.get(check), now.outcomes.get(check)]
    if (was?.reason === is?.reason) return []
    if (!unchecked && (was ?? is)?.reason === '' && (!was || !is)) return []
    return [{ check, before: was ?? null, now: is ?? null }]
  })
}
