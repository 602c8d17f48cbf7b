import { defineChart } from './chart.ts'
import { allOf, decisionOf, fateBars, mostRollouts, noFates } from './fate-bars.ts'
import { mostFirst, tally } from './tally.ts'

export const licencesChart = defineChart({
  name: 'licences',
  title: 'Licences',
  about: 'Rollouts by the licence of their task.',
  columns: { licence: 'text', kept: 'count', dropped: 'count' },
  count() {
    const found = tally(noFates)
    return {
      add: ({ row }) => found.of(row.licence ?? '(none)')[decisionOf(row)]++,
      lines: () => mostFirst(found, allOf).map(([licence, fates]) => ({ licence, ...fates })),
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'There is no rollout.'),
  reach: lines => mostRollouts(lines),
  plot: (lines, frame) => fateBars(lines, line => line.licence, frame),
})
