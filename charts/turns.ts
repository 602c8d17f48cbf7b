import { defineChart } from './chart.ts'
import { decisionOf, fateBars, mostRollouts, noFates } from './fate-bars.ts'
import { tally } from './tally.ts'

/** Longer ones are counted together. */
const most = 15

export const turnsChart = defineChart({
  name: 'turns',
  title: 'Turns',
  about: 'Rollouts by how many replies the teacher gave.',
  columns: { turns: 'text', kept: 'count', dropped: 'count' },
  count() {
    const found = tally(noFates)
    return {
      add({ row }) {
        if (row.turns !== null) found.of(`${Math.min(row.turns, most + 1)}`)[decisionOf(row)]++
      },
      lines: () =>
        found
          .all()
          .sort(([a], [b]) => Number(a) - Number(b))
          .map(([turns, fates]) => ({ turns: Number(turns) > most ? `more than ${most}` : turns, ...fates })),
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'No row says how many turns it has.'),
  reach: lines => mostRollouts(lines),
  plot: (lines, frame) => fateBars(lines, line => line.turns, frame),
})
