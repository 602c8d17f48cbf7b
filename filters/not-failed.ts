import { stateOf } from '../schemas/measurement.ts'
import { factory, noOptions } from '../schemas/options.ts'
import { drop, dropFor, Filter, keep, undecided } from './filter.ts'

/**
 * Keeps answered rows of which no check says that something is wrong, those included of which one could not tell. For
 * rows that others made: what was never known of them cannot be known later, and is told in each row's facts.
 */
export const notFailed = factory(Filter, 'notFailed', noOptions, () => ({
  name: 'not_failed',
  version: 1,
  options: {},
  begin: () => measured => {
    const { outcome } = measured.trajectory
    if (outcome.kind === 'stopped') return drop('unsolved', `stopped by ${outcome.by}`)
    if (outcome.kind === 'failed') return undecided('failed', `at ${outcome.at}: ${outcome.message}`)
    const wrong = measured.facts.find(fact => stateOf(fact) === 'failed')
    return wrong ? dropFor(wrong) : keep
  },
}))
