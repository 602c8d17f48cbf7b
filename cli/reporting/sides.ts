import type { Chart, Figure } from '../../charts/chart.ts'
import type { Reported } from './figures.ts'

/** A chart of one export, or of two on the same scale. */
export interface ReportedChart {
  chart: Chart
  sides: { side: string; figure: Figure }[]
  reach: number
}

/** The charts of a report; `side` is empty where there is only one. */
export function chartsOf(reports: readonly Reported[]): ReportedChart[] {
  const [first] = reports
  const names = reports.length > 1 ? ['before', 'after'] : ['']
  return (first?.figures ?? []).map(([chart], index) => {
    const sides = reports.flatMap(({ figures }, which) => {
      const figure = figures[index]?.[1]
      return figure ? [{ side: names[which] ?? '', figure }] : []
    })
    return { chart, sides, reach: Math.max(...sides.map(({ figure }) => figure.reach)) }
  })
}
