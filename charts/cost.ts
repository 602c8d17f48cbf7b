import { normal } from '../checks/judges/interval.ts'
import { bars } from './bars.ts'
import { defineChart } from './chart.ts'
import { mostFirst, tally } from './tally.ts'
import { usdText } from './written.ts'

/** Of a teacher's rollouts: how many, their cost in USD, its square, and that of kept ones. `unknown` have no price. */
const nothing = () => ({ rollouts: 0, unknown: 0, usd: 0, squares: 0, kept: 0, keptUsd: 0 })
type Sums = ReturnType<typeof nothing>

export const costChart = defineChart({
  name: 'cost',
  title: 'Cost of a kept row',
  about:
    'What all replies of a teacher cost, dropped rollouts too, for each row of it that was kept; the last column is without the dropped ones. The interval holds the true cost in 19 of 20 cases, if rollouts had nothing to do with each other. Searches, screens and judges are not in it.',
  columns: {
    ...{ teacher: 'text', rollouts: 'count', kept: 'count', usd: 'usd' },
    ...{ per_kept: 'usd', low: 'usd', high: 'usd', without_dropped: 'usd' },
  },
  count() {
    const teachers = tally(nothing)
    return {
      add({ row: { teacher, kept, cost } }) {
        const sums = teachers.of(teacher ?? '(none)')
        sums.rollouts++
        sums.kept += kept ? 1 : 0
        if (cost === null) sums.unknown++
        sums.usd += cost ?? 0
        sums.squares += (cost ?? 0) ** 2
        sums.keptUsd += kept ? (cost ?? 0) : 0
      },
      lines: () =>
        mostFirst(teachers, ({ rollouts }) => rollouts).map(([teacher, sums]) => lineOf(teacher, sums)),
    }
  },
  nothing(lines) {
    if (lines.length === 0) return 'There is no rollout.'
    if (lines.every(({ usd }) => usd === null)) return 'No model has a price.'
    return lines.some(line => line.usd) ? null : 'At the run’s prices no reply has cost anything.'
  },
  reach: lines => Math.max(0, ...lines.map(({ per_kept, high }) => high ?? per_kept ?? 0)),
  plot: (lines, frame) =>
    bars(
      lines.map(({ teacher, kept, per_kept, low, high }) => ({
        name: teacher,
        parts: [{ value: per_kept ?? 0 }],
        interval: low === null || high === null ? null : [low, high],
        end: per_kept === null ? (kept === 0 ? 'none kept' : 'no price') : usdText(per_kept),
      })),
      { ...frame, label: 'USD for each kept row', write: usdText },
    ),
})

function lineOf(teacher: string, sums: Sums) {
  const { rollouts, kept, unknown } = sums
  const known = { teacher, rollouts, kept, usd: unknown > 0 ? null : sums.usd }
  if (unknown > 0 || kept === 0)
    return { ...known, per_kept: null, low: null, high: null, without_dropped: null }
  const { estimate, low, high } = ratioOf(sums)
  return { ...known, per_kept: estimate, low, high, without_dropped: sums.keptUsd / kept }
}

/**
 * The ratio of all cost to kept rows. Its interval is by the delta method on the logarithm, so it never reaches below
 * nought (Casella and Berger, Statistical Inference, 2002, 5.5.4); null where a single row was kept or tried.
 */
function ratioOf({ rollouts, kept, usd, squares, keptUsd }: Sums) {
  const estimate = usd / kept
  if (kept < 2 || estimate === 0) return { estimate, low: null, high: null }
  // The variance of cost - estimate × kept over rollouts, whose mean is 0.
  const variance = (squares - 2 * estimate * keptUsd + estimate ** 2 * kept) / (rollouts - 1)
  const error = Math.sqrt(Math.max(0, variance) / rollouts) / (usd / rollouts)
  return { estimate, low: estimate * Math.exp(-normal * error), high: estimate * Math.exp(normal * error) }
}
