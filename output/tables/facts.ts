import { canonicalJson } from '../../schemas/hash.ts'
import { flag, int32, text } from '../columns.ts'
import type { TidyTable } from './table.ts'

/** A line for each fact that was measured. One that could not be told has not passed. */
export const factsTable: TidyTable = {
  name: 'facts',
  about: 'each fact that a check measured of a rollout',
  fields: [
    ...['key', 'check'].map(text),
    int32('version'),
    ...['passed', 'could_not_tell'].map(flag),
    ...['reason', 'detail', 'data'].map(text),
  ],
  lines: ({ measured: { trajectory, facts } }) =>
    facts.map(({ couldNotTell = false, data, ...fact }) => ({
      key: trajectory.key,
      ...fact,
      could_not_tell: couldNotTell,
      data: data ? canonicalJson(data) : null,
    })),
}
