import type { Comparison, CountPair, MadePair, RowComparison } from '../../pipeline/compare/comparison.ts'
import { escaped, wholePage } from '../html-page.ts'
import { harmless } from '../show.ts'
import { becauseOf } from './flip-tables.ts'
import { changedRows, filtersOf, type RowChoice, styleOf } from './page-rows.ts'
import { chanceWords, costWords } from './text.ts'

/** A comparison as one page. Its filters are style alone, so nothing has to run: what rows say stays inert. */
export function comparisonPage(comparison: Comparison): string {
  const { style, body } = comparisonParts(comparison)
  const { before, after } = comparison
  return wholePage(style, `<h1>${shown(before.path)} → ${shown(after.path)}</h1>\n${body}`)
}

/** The same as a part of a page. */
export function comparisonParts(comparison: Comparison): { style: string; body: string } {
  const { wanting, funnel, rows, counts, made, gate } = comparison
  const filters = rows ? filtersOf(rows.rows) : []
  const limits = gate.map(
    ({ line, passed }) => `<span class="${passed ? 'lost' : 'gained'}">gate: ${shown(line)}</span>`,
  )
  const sections = [
    listOf([...limits, ...wanting.map(shown)]),
    section('Funnel', tableOf(countHeads, funnel.map(countCells))),
    ...(rows ? rowSections(rows, filters) : []),
    section('What was kept, by kind, and what checks said', tableOf(countHeads, counts.map(countCells))),
    section('Made with something else', tableOf(['', 'before', 'after'], made.map(madeCells))),
  ]
  return { style: style + filters.map(styleOf).join('\n'), body: sections.join('\n') }
}

const style = `
body { font: 14px/1.5 system-ui, 'DejaVu Sans', sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1 { font-size: 1.2rem; overflow-wrap: anywhere } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem }
table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid #e5e5e5; overflow-wrap: break-word; max-width: 34rem }
th { color: #777; font-weight: normal } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.lost, .gone { color: #c23b3b } .gained, .new { color: #3c7a2e } .otherwise { color: #b06a12 }
small, .note { color: #777 } label { margin-right: 1rem; white-space: nowrap } select { font: inherit; max-width: 24rem } :target { background: #fff6cf }
`

const shown = (text: string): string => escaped(harmless(text))

const section = (title: string, body: string) => (body === '' ? '' : `<h2>${title}</h2>\n${body}`)

const listOf = (items: string[]) =>
  items.length > 0 ? `<ul>${items.map(item => `<li>${item}</li>`).join('')}</ul>` : ''

/** Cells are HTML; those that are numbers stand to the right. */
function tableOf(heads: string[], rows: string[][]): string {
  if (rows.length === 0) return ''
  const cell = (text: string) => `<td${/^[+−]?[\d.,]+( %)?$/.test(text) ? ' class="n"' : ''}>${text}</td>`
  const head = `<tr>${heads.map(text => (text === '' ? '<td></td>' : `<th>${text}</th>`)).join('')}</tr>`
  return `<table>${head}${rows.map(cells => `<tr>${cells.map(cell).join('')}</tr>`).join('\n')}</table>`
}

const countHeads = ['', 'before', 'after', 'difference']

function countCells({ what, before, after }: CountPair): string[] {
  const difference = after - before
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : ''
  return [shown(what.join(' ')), `${before}`, `${after}`, `${sign}${Math.abs(difference)}`]
}

const madeCells = ({ what, before, after }: MadePair) =>
  [what.join(' › '), before ?? 'not there', after ?? 'not there'].map(shown)

function rowSections(rows: RowComparison, filters: RowChoice[]): string[] {
  const { aligned, answers, siblings } = rows
  const link = linksTo(rows.rows)
  return [
    section(
      `Rows, aligned by task, teacher and sample: ${aligned} are on both sides`,
      tableOf(['', 'rows'], fateCells(rows)),
    ),
    section('Yield and cost', tableOf(groupHeads, rows.groups.map(groupCells))),
    section('Tasks', tableOf(['', 'tasks', ''], taskCells(rows.tasks))),
    section(
      'Identical siblings: tasks of which all samples said the same',
      tableOf(['teacher', 'before', 'after'], siblings.map(siblingCells)),
    ),
    section('Decided otherwise, and by what', tableOf(flipHeads, flipCells(rows.flips, link))),
    section('Rows that are decided otherwise, gone or new', changedRows(rows.rows, filters)),
    section(
      `Answers: ${answers.changed.length} of ${answers.both} are other texts`,
      tableOf(answerHeads, answerCells(answers.changed, link)),
    ),
  ]
}

type Link = (task: string) => string

/** A task by its id, which leads to its last row that changed. */
function linksTo(rows: RowComparison['rows']): Link {
  const anchors = new Map(rows.map((row, index) => [row.task, `#r${index}`]))
  return task => {
    const anchor = anchors.get(task)
    return anchor ? `<a href="${anchor}">${shown(task)}</a>` : shown(task)
  }
}

const fateCells = (rows: RowComparison): string[][] =>
  Object.entries({
    'decided alike': rows.same,
    'kept, now dropped': rows.lost,
    'dropped, now kept': rows.gained,
    'dropped for another reason': rows.otherwise,
    'kept, only before': rows.gone.kept,
    'dropped, only before': rows.gone.dropped,
    'kept, only after': rows.new.kept,
    'dropped, only after': rows.new.dropped,
    'said the same, word for word': rows.saidTheSame,
  }).map(([name, count]) => [name, `${count}`])

const taskCells = ({ both, ...others }: RowComparison['tasks']): string[][] => [
  ['on both sides', `${both}`, ''],
  ['only before', `${others.onlyBefore.length}`, shown(others.onlyBefore.join(' '))],
  ['only after', `${others.onlyAfter.length}`, shown(others.onlyAfter.join(' '))],
  ['asking or showing otherwise', `${others.changed.length}`, shown(others.changed.join(' '))],
]

const siblingCells = ({ teacher, before, after }: RowComparison['siblings'][number]): string[] => [
  shown(teacher),
  `${before.identical} of ${before.tasks}`,
  `${after.identical} of ${after.tasks}`,
]

const groupHeads = ['', 'kept', 'of', 'before', 'kept', 'of', 'after', 'points', '', 'cost']

function groupCells(group: RowComparison['groups'][number]): string[] {
  const { by, name, before, after, change } = group
  const cells = ({ kept, rollouts }: typeof before) => [
    `${kept}`,
    `${rollouts}`,
    rollouts > 0 ? `${((100 * kept) / rollouts).toFixed(1)} %` : '',
  ]
  return [
    by === 'all' ? 'all' : `<small>${by}</small> ${shown(name)}`,
    ...cells(before),
    ...cells(after),
    change ? (100 * change.estimate).toFixed(1).replace('-', '−') : '',
    shown(chanceWords(group)),
    shown(costWords(group)),
  ]
}

const flipHeads = ['', '', 'rows', 'because', 'such as']

const flipCells = (flips: RowComparison['flips'], link: Link): string[][] =>
  flips.map(group => [
    shown(group.from),
    `→ ${shown(group.to)}`,
    `${group.count}`,
    shown(becauseOf(group)),
    group.examples.map(link).join(' '),
  ])

const answerHeads = ['task', 'teacher', 'before', 'after', 'true', '']

const answerCells = (answers: RowComparison['answers']['changed'], link: Link): string[][] =>
  answers.map(({ task, sample, teacher, before, after, truth, from, to }) => [
    `${link(task)} <small>#${sample}</small>`,
    ...[teacher, before, after, truth, `${from} → ${to}`].map(shown),
  ])
