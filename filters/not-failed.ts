import Type from 'typebox'
import { stateOf } from '../schemas/measurement.ts'
import { closed, factory, filledText } from '../schemas/options.ts'
import type { Fact } from '../schemas/trajectory.ts'
import { drop, dropFor, Filter, keep, undecided } from './filter.ts'

const NotFailedOptions = closed({
  /** What no row is dropped for: checks by their names, or `check/reason`. */
  allow: Type.Optional(Type.Array(filledText)),
})

/**
 * Keeps answered rows of which no check says that something is wrong, those included of which one could not tell. For
 * rows that others made: what was never known of them cannot be known later, and is told in each row's facts.
 */
export const notFailed = factory(Filter, 'notFailed', NotFailedOptions, ({ allow = [] }) => ({
  name: 'not_failed',
  version: 1,
  options: { allow },
  begin: () => measured => {
    const { outcome } = measured.trajectory
    if (outcome.kind === 'stopped') return drop('unsolved', `stopped by ${outcome.by}`)
    if (outcome.kind === 'failed') return undecided('failed', `at ${outcome.at}: ${outcome.message}`)
    const wrong = measured.facts.find(fact => stateOf(fact) === 'failed' && !isAllowed(fact, allow))
    return wrong ? dropFor(wrong) : keep
  },
}))

/** Whether what a check found is among what is allowed. */
export const isAllowed = ({ check, reason }: Fact, allow: readonly string[]): boolean =>
  allow.includes(check) || allow.includes(`${check}/${reason}`)
