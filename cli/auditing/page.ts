import { escaped, wholePage } from '../html-page.ts'
import { harmless } from '../show.ts'
import type { Audit, AuditFinding, CheckTold } from './findings.ts'
import { type AuditAbout, summaryOf } from './text.ts'

/** An audit as one page that needs nothing else. Nothing in it runs, and what rows say is text. */
export function auditPage(about: AuditAbout, audit: Audit): string {
  const body = [
    `<h1>${shown(about.given)}</h1><p>${shown(about.readAs)}</p><p>${shown(summaryOf(audit))}</p>`,
    section('What is wrong', audit.faults, 'No check or selector found a fault in the rows that were read.'),
    section('Otherwise than in rows of kindling, and no fault', audit.customs, 'Nothing.'),
    section('What could not be told', audit.untold, 'Every check could tell of every row.'),
    section('What its files do not hold', audit.lacks, 'Nothing that is known to be missing.'),
    `<h2>Checks</h2><div class="wide"><table><thead><tr><th scope="col">check</th><th scope="col">passed</th><th scope="col">failed</th><th scope="col">could not be told</th></tr></thead><tbody>${audit.checks.map(checkRow).join('')}</tbody></table></div>`,
  ]
  return wholePage(style, `<main>${body.join('\n')}</main>`)
}

const shown = (text: string): string => escaped(harmless(text))

const checkRow = ({ check, passed, failed, could_not_tell }: CheckTold): string =>
  `<tr><td>${shown(check)}</td>${[passed, failed, could_not_tell].map(count => `<td class="n">${count}</td>`).join('')}</tr>`

const section = (title: string, findings: readonly AuditFinding[], none: string): string =>
  `<section><h2>${title}</h2>${findings.length === 0 ? `<p class="none">${none}</p>` : findings.map(findingHtml).join('')}</section>`

function findingHtml({ by, reason, rows, examples }: AuditFinding): string {
  const items = examples.map(
    ({ place, id, key, detail }) =>
      `<li><code>${shown(place)}</code> ${shown(id)}${key ? ` <small>${shown(key.slice(0, 12))}</small>` : ''}${detail ? `<pre>${shown(detail.slice(0, 2000))}</pre>` : ''}</li>`,
  )
  return `<details><summary><b>${shown(by)}: ${shown(reason)}</b> ${rows} ${rows === 1 ? 'row' : 'rows'}</summary><ul>${items.join('')}</ul></details>`
}

const style = `
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --soft: #5c5c5c; --line: #ddd }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #161616; --soft: #a8a8a8; --line: #3c3c3c } }
body { font: 15px/1.5 system-ui, 'DejaVu Sans', sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.2rem } h2 { font-size: 1.05rem; margin: 2rem 0 .4rem } h1, p, li, summary { overflow-wrap: anywhere }
details { border-top: 1px solid var(--line); padding: .35rem 0 } summary { cursor: pointer } small, .none { color: var(--soft) }
ul { margin: .3rem 0; padding-left: 1.2rem } pre { font: 12.5px/1.45 'DejaVu Sans Mono', monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0; color: var(--soft) }
.wide { overflow-x: auto } table { border-collapse: collapse } td, th { text-align: left; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid var(--line) } .n { text-align: right }
`
