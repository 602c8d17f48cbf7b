import { chartCells, headsOf, isNumber } from '../../charts/cells.ts'
import type { Chart, ChartLine, Figure } from '../../charts/chart.ts'
import { shownName } from '../../charts/names.ts'
import type { Comparison } from '../../pipeline/compare/comparison.ts'
import { comparisonParts } from '../comparing/page.ts'
import { escaped, wholePage } from '../html-page.ts'
import type { Reported } from './figures.ts'
import { chartsOf, type ReportedChart } from './sides.ts'
import { svgOf } from './svg.ts'

/** A report as one page: nothing is fetched and nothing runs, and drawings fit a telephone, too. */
export function reportPage(reports: readonly Reported[], comparison: Comparison | null): string {
  const compared = comparison ? comparisonParts(comparison) : { style: '', body: '' }
  const sections = chartsOf(reports).map(chartSection)
  const body = `<main><h1>${reports.map(({ path }) => shown(path)).join(' → ')}</h1>
${sections.join('\n')}
${compared.body}</main>`
  return wholePage(`${compared.style}${style}`, body)
}

const style = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, 'DejaVu Sans', sans-serif; max-width: 1180px; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1 { font-size: 1.2rem; overflow-wrap: anywhere } h2 { font-size: 1.05rem; margin: 2.2rem 0 .2rem } h3 { font-size: .9rem; margin: 1rem 0 .2rem; font-weight: normal; overflow-wrap: anywhere }
p { margin: 0 0 .6rem; max-width: 46rem } .about, th, small, .note { color: #5c5c5c } .nothing { font-style: italic }
.side { display: grid; grid-template-columns: minmax(0, 580px) minmax(0, 1fr); gap: 1rem 2rem; align-items: start } .sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem 2rem } .sides .side { grid-template-columns: minmax(0, 1fr) }
figure { margin: 0 } svg { display: block; max-width: 100%; height: auto; font-family: system-ui, 'DejaVu Sans', sans-serif } .narrow { display: none }
.numbers { overflow-x: auto } table { border-collapse: collapse; font-size: 13px } td, th { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid #ddd; max-width: 22rem; overflow-wrap: break-word } th { font-weight: normal; white-space: nowrap } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
@media (max-width: 720px) { .side, .sides { grid-template-columns: minmax(0, 1fr) } .wide { display: none } .narrow { display: block } }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #161616 } .about, th, small, .note { color: #a8a8a8 } td, th { border-color: #3a3a3a } a { color: #8ab4f8 } .lost, .gone { color: #ef8080 } .gained, .new { color: #86c578 } .otherwise { color: #e0a050 } :target { background: #453a10 } }
`

const shown = (text: string): string => escaped(shownName(text))

function chartSection({ chart, sides, reach }: ReportedChart): string {
  const parts = sides.map(({ side, figure }) => {
    const heading = sides.length > 1 ? `<h3>${side}</h3>\n` : ''
    const id = `${chart.name}-${side}`
    return `<div class="side">${heading}${figureOf(figure, { id, reach })}${numbersOf(chart, figure.lines, side)}</div>`
  })
  return `<section id="${chart.name}"><h2>${chart.title}</h2>
<p class="about">${chart.about}</p>
<div${sides.length > 1 ? ' class="sides"' : ''}>${parts.join('\n')}</div></section>`
}

/** For a screen and for a telephone, whose letters would be too small if it shrank the one of the screen. */
const widths = { wide: 580, narrow: 340 }

function figureOf(figure: Figure, frame: { id: string; reach: number }): string {
  if (figure.nothing !== null) return `<p class="nothing">${figure.nothing}</p>`
  const drawings = Object.entries(widths).map(
    ([name, width]) =>
      `<div class="${name}">${svgOf(figure, { ...frame, id: `${frame.id}-${name}`, width })}</div>`,
  )
  return `<figure>${drawings.join('\n')}</figure>`
}

/** The same as a table. */
function numbersOf(chart: Chart, lines: readonly ChartLine[], side: string): string {
  if (lines.length === 0) return ''
  const forms = Object.values(chart.columns)
  const row = (cells: readonly string[], tag: 'td' | 'th') => {
    const all = cells.map((text, index) => {
      const scope = tag === 'th' ? ' scope="col"' : ''
      return `<${tag}${scope}${isNumber(forms[index]) ? ' class="n"' : ''}>${escaped(text)}</${tag}>`
    })
    return `<tr>${all.join('')}</tr>`
  }
  const body = lines.map(line => row(chartCells(chart, line), 'td')).join('\n')
  const label = [chart.title, 'in numbers', side].filter(Boolean).join(', ')
  return `<div class="numbers" role="region" tabindex="0" aria-label="${label}"><table><thead>${row(headsOf(chart), 'th')}</thead><tbody>
${body}</tbody></table></div>`
}
