import { chartCells, headsOf } from '../../charts/cells.ts'
import type { Figure } from '../../charts/chart.ts'
import { shownName } from '../../charts/names.ts'
import { line, markdownTable } from '../../output/markdown.ts'
import type { Comparison } from '../../pipeline/compare/comparison.ts'
import { printComparison } from '../comparing/text.ts'
import type { Reported } from './figures.ts'
import { chartsOf, type ReportedChart } from './sides.ts'
import { svgOf } from './svg.ts'

/** A report as one Markdown file; its drawings are in it, as pictures, of which nothing runs. */
export function reportMarkdown(reports: readonly Reported[], comparison: Comparison | null): string {
  const title = reports.map(({ path }) => line(shownName(path))).join(' → ')
  const compared = comparison ? [`## Compared`, fenced(printComparison(comparison))] : []
  return `${[`# ${title}`, ...chartsOf(reports).flatMap(chartParts), ...compared].join('\n\n')}\n`
}

function chartParts({ chart, sides, reach }: ReportedChart): string[] {
  const parts = sides.flatMap(({ side, figure }) => [
    ...(side ? [`### ${chart.title}, ${side}`] : []),
    figure.nothing ?? `![${chart.title}](${pictureOf(figure, reach)})`,
    ...(figure.lines.length > 0
      ? [
          markdownTable(
            headsOf(chart),
            figure.lines.map(each => chartCells(chart, each)),
          ),
        ]
      : []),
  ])
  return [`## ${chart.title}`, chart.about, ...parts]
}

/** A picture does not know the colours around it. */
const onWhite = "background: #fff; color: #222; font-family: system-ui, 'DejaVu Sans', sans-serif"

function pictureOf(figure: Figure, reach: number): string {
  const svg = svgOf(figure, { width: 640, reach, id: 'chart' }, onWhite)
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}

/** A block of text that nothing in it ends. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}
