import { bars } from './bars.ts'
import { defineChart } from './chart.ts'
import { mostFirst, tally } from './tally.ts'
import { countText, shareText } from './written.ts'

const all = 'all rollouts'
const kept = 'kept'

/** Each bar begins where the one above leaves off: what is left at the end was kept. */
export const funnelChart = defineChart({
  name: 'funnel',
  title: 'Funnel',
  about: 'What became of all rollouts: for which stage and reason they were dropped, and what is left.',
  columns: { fate: 'text', rollouts: 'count', share: 'share' },
  count() {
    const drops = tally(() => ({ rollouts: 0 }))
    const sum = { all: 0, kept: 0 }
    return {
      add({ row }) {
        sum.all++
        if (row.kept) sum.kept++
        else drops.of(`${row.stage ?? '?'}/${row.reason ?? '?'}`).rollouts++
      },
      lines() {
        const line = (fate: string, rollouts: number) => ({
          fate,
          rollouts,
          share: rollouts / (sum.all || 1),
        })
        const dropped = mostFirst(drops, ({ rollouts }) => rollouts)
        return [
          line(all, sum.all),
          ...dropped.map(([reason, { rollouts }]) => line(reason, rollouts)),
          line(kept, sum.kept),
        ]
      },
    }
  },
  nothing: ([first]) => (first?.rollouts ? null : 'There is no rollout.'),
  reach: ([first]) => first?.rollouts ?? 0,
  plot(lines, frame) {
    let left = frame.reach
    const fallen = lines.map(({ fate, rollouts, share: part }) => {
      const isDrop = fate !== all && fate !== kept
      if (isDrop) left -= rollouts
      return {
        name: fate,
        from: isDrop ? left : 0,
        parts: [{ of: isDrop ? 'dropped' : 'kept', value: rollouts }],
        end: fate === all ? countText(rollouts) : `${countText(rollouts)} (${shareText(part)})`,
      }
    })
    return bars(fallen, { ...frame, label: 'rollouts', write: countText, series: ['kept', 'dropped'] })
  },
})
