import Type from 'typebox'
import { Check } from '../checks/check.ts'
import { stateOf } from '../schemas/measurement.ts'
import { filledText, readOptions } from '../schemas/options.ts'
import type { Outcome } from '../schemas/trajectory.ts'
import {
  drop,
  dropFor,
  type Filter,
  type KnownCheck,
  keep,
  type Measured,
  undecided,
  type Verdict,
} from './filter.ts'

const Meant = Type.Array(Type.Union([Check, filledText], { description: 'one of the checks, or its name' }))

/**
 * Keeps rows that were answered and passed every check of the config, or those that are named. A check is named by
 * itself, as it stands in `checks`, or by its name. A row that did not pass several checks is dropped for the first of
 * them. One of which a check could not tell has not passed: it is dropped for the cause.
 */
export function passed(...meant: (Check | string)[]): Filter {
  const named = readOptions('passed', Meant, meant)
  if (named.length === 0) return { ...passing(), over: checks => passing(namesOf(checks)) }
  return { ...passing(namesOf(named)), needs: { checks: named } }
}

const namesOf = (checks: readonly (KnownCheck | string)[]) =>
  checks.map(check => (typeof check === 'string' ? check : check.name))

/** Without names, by whatever was measured. */
const passing = (names?: string[]): Filter => ({
  name: 'passed',
  version: 1,
  options: { names: names ?? [] },
  begin: () => measured => {
    const { outcome } = measured.trajectory
    if (outcome.kind !== 'answered') return unanswered(outcome)
    const asked = names ?? measured.facts.map(({ check }) => check)
    return asked.map(name => verdict(name, measured)).find(verdict => !verdict.keep) ?? keep
  },
})

const unanswered = (outcome: Exclude<Outcome, { kind: 'answered' }>): Verdict =>
  outcome.kind === 'stopped'
    ? drop('unsolved', `stopped by ${outcome.by}`)
    : undecided('failed', `at ${outcome.at}: ${outcome.message}`)

function verdict(name: string, { facts }: Measured): Verdict {
  const fact = facts.find(({ check }) => check === name)
  if (!fact) return undecided('unchecked', `the check ${name} was not measured`)
  return stateOf(fact) === 'passed' ? keep : dropFor(fact)
}
