import { trainingFaults } from '../../xray/training-fault.ts'
import type { XRayed } from '../../xray/xray.ts'
import { escaped, wholePage } from '../html-page.ts'
import { harmless } from '../show.ts'
import type { FaultCount, XRayFound } from './found.ts'
import { rowHtml } from './page-row.ts'
import { summaryLine } from './text.ts'

/** All rows that were looked at as one page: what is trained, what is only read, what was lost. Nothing in it runs. */
export function xrayPage(found: XRayFound, rows: readonly XRayed[]): string {
  const legend =
    '<p class="legend"><mark>underlined: trained</mark> <span>plain: only read</span> <del>struck out: lost</del></p>'
  const faults = found.faults.map(faultHtml).join('')
  const head = `<h1>${shown(summaryLine(found))}</h1>${faults ? `<ul>${faults}</ul>` : ''}${legend}`
  return wholePage(style, [head, ...rows.map(rowHtml)].join('\n'))
}

const shown = (text: string): string => escaped(harmless(text))

const faultHtml = ({ kind, rows, count }: FaultCount) =>
  `<li class="fault"><b>${kind}</b> ${count} in ${rows} ${rows === 1 ? 'row' : 'rows'}: ${shown(trainingFaults[kind])}</li>`

const style = `
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --soft: #6b6b6b; --line: #ddd; --trained: #e3f0da; --under: #3c7a2e; --fault: #b3261e; --label: #eef1f6 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e4e2; --paper: #171816; --soft: #a3a39f; --line: #3c3d3a; --trained: #24381c; --under: #8cc479; --fault: #ff9088; --label: #2a2f38 } }
body { font: 15px/1.5 system-ui, 'DejaVu Sans', sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.1rem } h2 { font-size: 1rem; margin: 0 } h1, h2, li { overflow-wrap: anywhere } small, .note { color: var(--soft); font-weight: normal }
article { border-top: 1px solid var(--line); margin-top: 1.6rem; padding-top: .8rem } .fault b { color: var(--fault) }
.read { font: 12.5px/1.6 'DejaVu Sans Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--soft); margin: .5rem 0 }
mark { background: var(--trained); color: var(--ink); text-decoration: underline var(--under); text-underline-offset: 3px }
del { color: var(--fault); border: 1px dashed var(--fault); padding: 0 .3rem; text-decoration: line-through; white-space: normal }
b.piece { font: 600 10.5px/1 system-ui, 'DejaVu Sans', sans-serif; color: var(--ink); background: var(--label); border-radius: 3px; padding: 1px 4px; margin-right: 2px }
figure { display: inline-block; margin: .2rem .4rem .2rem 0; vertical-align: top; white-space: normal } figure.trained { outline: 2px solid var(--under) }
img { max-width: min(260px, 100%); max-height: 220px; border: 1px solid var(--line); background: #fff } figcaption { font-size: .75rem }
.legend > * { margin-right: 1rem }
`
