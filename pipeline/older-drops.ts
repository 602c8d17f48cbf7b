import type { Decision } from '../output/export.ts'
import type { DropReason } from '../schemas/drop.ts'
import type { Screening } from '../schemas/screening.ts'
import type { Fact } from '../schemas/trajectory.ts'

// Runs made before drops were data keep a reason as it is printed, `<by>_<reason>`, and not who decided. The data
// beside it tell that: the facts of a row, and for a task what its screens counted.

/** A drop of a row, of whichever form. */
type KeptReason = Pick<DropReason, 'stage' | 'reason'> & { by?: string }

/** A decision, of whichever form. */
export type KeptDecision = (
  | { keep: true }
  | ({ keep: false; detail: string; undecided?: boolean } & KeptReason)
) & { rescued?: readonly KeptReason[] }

export function decisionIn(kept: KeptDecision, facts: readonly Fact[]): Decision {
  const rescued = kept.rescued && { rescued: kept.rescued.map(each => reasonIn(each, facts)) }
  if (kept.keep) return { keep: true, ...rescued }
  const { detail, undecided = wasUndecided(kept) } = kept
  return { keep: false, ...reasonIn(kept, facts), detail, undecided, ...rescued }
}

function reasonIn({ stage, by, reason }: KeptReason, facts: readonly Fact[]): DropReason {
  if (by !== undefined) return { stage, by, reason }
  const blamed = facts.find(fact => !fact.passed && reason === `${fact.check}_${fact.reason}`)
  return { stage, by: blamed?.check ?? stage, reason: blamed?.reason ?? reason }
}

export const wasUndecided = ({ stage, reason }: Pick<DropReason, 'stage' | 'reason'>): boolean =>
  reason === 'unchecked' || (stage === 'synthesize' && reason.startsWith('failed_'))

/** A screening, of whichever form. */
export type KeptScreening = Omit<Screening, 'by'> & { by?: string }

/** The screen that decided is the last that counted anything. */
export function screeningIn({ by, ...kept }: KeptScreening): Screening {
  if (by !== undefined) return { ...kept, by }
  const screen = Object.keys(kept.data).findLast(name => kept.reason.startsWith(`${name}_`))
  return screen === undefined
    ? { ...kept, by: '' }
    : { ...kept, by: screen, reason: kept.reason.slice(screen.length + 1) }
}
