import { cell, type PlotOptions, text } from '@observablehq/plot'
import { defineChart } from './chart.ts'
import { letter } from './drawing.ts'
import { shownName } from './names.ts'
import { plainColour } from './series.ts'
import { mostFirst, others, tally } from './tally.ts'
import { shareText } from './written.ts'

type Cell = { check: string; label: string; rows: number; failed: number; share: number }

export const checksByLabelChart = defineChart({
  name: 'checks_by_label',
  title: 'Checks and labels',
  about:
    'In which share of the rows that people gave a label a check failed. A check that is right fails in bad rows.',
  columns: { check: 'text', label: 'text', rows: 'count', failed: 'count', share: 'share' },
  count() {
    const labels = tally(() => ({ rows: 0 }))
    const checks = tally(() => ({ failed: 0 }))
    const both = tally(() => tally(() => ({ failed: 0 })))
    return {
      add({ row, label }) {
        if (label === null) return
        labels.of(label).rows++
        for (const check of row.checksFailed)
          for (const each of [checks.of(check), both.of(check).of(label)]) each.failed++
      },
      lines() {
        const columns = labels.all().sort(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
        const failing = mostFirst(checks, ({ failed }) => failed, 24).filter(([check]) => check !== others)
        return failing.flatMap(([check]) =>
          columns.map(([label, { rows }]): Cell => {
            const { failed } = both.of(check).of(label)
            return { check, label, rows, failed, share: failed / rows }
          }),
        )
      },
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'No row that people gave a label fails a check.'),
  reach: () => 1,
  plot: heatMap,
})

const order = ['good', 'bad', 'unsure']
const placeOf = (label: string) => (order.indexOf(label) + order.length + 1) % (order.length + 1)

/** The darker, the more fail; the number stands there too. */
function heatMap(cells: readonly Cell[], { width }: { width: number }): PlotOptions {
  const checks = [...new Set(cells.map(({ check }) => check))]
  const most = width < 480 ? 18 : 32
  const nameOf = (name: string) => shownName(name, most)
  const place = { x: 'label', y: 'check' }
  return {
    marginLeft: 12 + letter * Math.max(...checks.map(check => nameOf(check).length)),
    height: 40 + 26 * checks.length,
    x: {
      axis: 'top',
      label: null,
      tickSize: 0,
      tickFormat: nameOf,
      domain: [...new Set(cells.map(({ label }) => label))],
    },
    y: { label: null, tickSize: 0, domain: checks, tickFormat: nameOf },
    marks: [
      cell(cells, { ...place, fill: plainColour, fillOpacity: ({ share }: Cell) => 0.6 * share, inset: 0.5 }),
      cell(cells, { ...place, fill: 'none', stroke: 'currentColor', strokeOpacity: 0.25, inset: 0.5 }),
      text(cells, { ...place, text: ({ share: part }: Cell) => shareText(part) }),
    ],
  }
}
