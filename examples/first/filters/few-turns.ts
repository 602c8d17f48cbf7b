import { drop, type Filter, keep } from 'kindling/filters/filter'

/** Keeps what was solved in at most so many turns. What is dropped stays in `export/rejected`, with the reason. */
export const fewTurns = ({ most }: { most: number }): Filter => ({
  name: 'few_turns',
  version: 1,
  options: { most },
  begin:
    () =>
    ({ trajectory: { turns } }) =>
      turns.length <= most ? keep : drop('too_many_turns', `${turns.length} of ${most}`),
})
