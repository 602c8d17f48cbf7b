import type { Outcome } from '../schemas/trajectory.ts'
import { drop, dropFor, type Filter, keep, type Measured, undecided, type Verdict } from './filter.ts'

/** Keep what was answered and passed the named checks. A failed check drops as `<check>_<reason>`. */
export const passed = (...names: string[]): Filter => ({
  name: 'passed',
  version: 1,
  options: { names },
  begin: () => measured => {
    const { outcome } = measured.trajectory
    if (outcome.kind !== 'answered') return unanswered(outcome)
    return names.map(name => verdict(name, measured)).find(verdict => !verdict.keep) ?? keep
  },
})

const unanswered = (outcome: Exclude<Outcome, { kind: 'answered' }>): Verdict =>
  outcome.kind === 'stopped'
    ? drop('unsolved', `stopped by ${outcome.by}`)
    : undecided('failed', `at ${outcome.at}: ${outcome.message}`)

function verdict(name: string, { facts }: Measured): Verdict {
  const fact = facts.find(({ check }) => check === name)
  if (!fact) return undecided('unchecked', `the check ${name} was not measured`)
  return fact.passed ? keep : dropFor(fact)
}
