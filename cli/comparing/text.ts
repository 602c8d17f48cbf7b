import { unlikely } from '../../pipeline/compare/chance.ts'
import type { Comparison, CountPair, MadePair, RowComparison } from '../../pipeline/compare/comparison.ts'
import { dollars } from '../../pipeline/spend/purse.ts'
import { table } from '../printed-table.ts'
import { harmless } from '../show.ts'
import { becauseOf, flipTables } from './flip-tables.ts'

/** How many rows of a kind are listed, where not all are asked for. */
const few = 10

/** A comparison for a person: tables first, then a few rows of each kind, or all. */
export function printComparison(comparison: Comparison, { all = false }: { all?: boolean } = {}): string {
  const most = all ? Number.POSITIVE_INFINITY : few
  const { before, after, wanting, funnel, rows, counts, made } = comparison
  const sections: [title: string, body: string][] = [
    ['Compared', table([sideLine('before', before), sideLine('after', after)])],
    ['Not compared', wanting.map(line => `  ${harmless(line)}`).join('\n')],
    ['Funnel', table([['', 'before', 'after', 'difference'], ...funnel.map(countLine)])],
    ...(rows ? rowSections(rows, most) : []),
    ['What was kept, by kind, and what checks said', capped(counts.map(countLine), most)],
    ['Made with something else', capped(made.map(madeLine), most)],
  ]
  return sections
    .flatMap(([title, body]) => (body === '' ? [] : [`\n${title}`, body]))
    .join('\n')
    .trimStart()
}

const sideLine = (which: string, { kind, path, name, rows }: Comparison['before']) => [
  which,
  path,
  `${kind}${name === null ? '' : ` of ${name}`}${rows === 'all' ? '' : rows === 'kept' ? ', kept rows only' : ', no rows'}`,
]

const countLine = ({ what, before, after }: CountPair) => [
  what.map(cut).join(' '),
  `${before}`,
  `${after}`,
  signed(after - before),
]

const signed = (number: number): string => (number > 0 ? `+${number}` : number < 0 ? `−${-number}` : '')

function rowSections(rows: RowComparison, most: number): [title: string, body: string][] {
  const { aligned, tasks, siblings, answers } = rows
  const named = (ids: readonly string[]) => [
    `${ids.length}`,
    cutList(ids, most === Number.POSITIVE_INFINITY ? most : 3),
  ]
  return [
    [`Rows, aligned by task, teacher and sample: ${aligned} are on both sides`, table(rowLines(rows))],
    ['Yield and cost', table(rows.groups.map(groupLine))],
    [
      'Tasks',
      table([
        ['on both sides', `${tasks.both}`],
        ['only before', ...named(tasks.onlyBefore)],
        ['only after', ...named(tasks.onlyAfter)],
        ['asking or showing otherwise', ...named(tasks.changed)],
      ]),
    ],
    ['Identical siblings: tasks of which all samples said the same', table(siblings.map(siblingLine))],
    ['Decided otherwise, and by what', flipTables(rows.flips).join('\n').trimStart()],
    ['Rows that are decided otherwise, gone or new', capped(rows.rows.map(changedLine), most)],
    [
      `Answers: ${answers.changed.length} of ${answers.both} are other texts`,
      capped(answers.changed.map(answerLine), most),
    ],
  ]
}

const rowLines = (rows: RowComparison): string[][] => [
  ['decided alike', `${rows.same}`],
  ['kept, now dropped', `${rows.lost}`],
  ['dropped, now kept', `${rows.gained}`],
  ['dropped for another reason', `${rows.otherwise}`],
  [
    'only before',
    `${rows.gone.kept + rows.gone.dropped}`,
    `${rows.gone.kept} kept, ${rows.gone.dropped} dropped`,
  ],
  ['only after', `${rows.new.kept + rows.new.dropped}`, `${rows.new.kept} kept, ${rows.new.dropped} dropped`],
  ['said the same, word for word', `${rows.saidTheSame}`],
]

type Group = RowComparison['groups'][number]

const groupLine = (group: Group): string[] => [
  group.by === 'all' ? 'all' : cut(`${group.by} ${group.name}`),
  yieldOf(group.before),
  '→',
  yieldOf(group.after),
  ...(group.change ? [points(group.change.estimate), chanceWords(group)] : ['', '']),
  costWords(group),
]

const yieldOf = ({ rollouts, kept }: Group['before']) =>
  `${kept} of ${rollouts}${rollouts > 0 ? `, ${((100 * kept) / rollouts).toFixed(1)} %` : ''}`

const points = (share: number) => {
  const text = Math.abs(100 * share).toFixed(1)
  return text === '0.0' ? '±0' : `${share > 0 ? '+' : '−'}${text} points`
}

/** The rows of both sides are judged in pairs; without pairs the interval says it. */
export function chanceWords({ lost, gained, p, change }: Group): string {
  if (p === null) return change && (change.low > 0 || change.high < 0) ? 'more than chance' : 'within chance'
  if (lost + gained === 0) return ''
  return `${p < unlikely ? 'more than chance' : 'within chance'} (p ${p < 0.001 ? '< 0.001' : p.toFixed(3)})`
}

export function costWords({ before, after }: Group): string {
  const [was, is] = [before, after].map(({ usd, kept }) => (usd === null || kept === 0 ? null : usd / kept))
  return was == null || is == null ? '' : `${dollars(was)} → ${dollars(is)} per kept row`
}

const siblingLine = ({ teacher, before, after }: RowComparison['siblings'][number]) => [
  teacher,
  `${before.identical} of ${before.tasks}`,
  '→',
  `${after.identical} of ${after.tasks}`,
]

const changedLine = (row: RowComparison['rows'][number]) => [
  rowName(row),
  cut(row.teacher),
  `${row.from ?? 'not there'} → ${row.to ?? 'gone'}`,
  row.from !== null && row.to !== null ? becauseOf(row) : '',
]

const answerLine = (row: RowComparison['answers']['changed'][number]) => [
  rowName(row),
  cut(row.teacher),
  `${cut(row.before)} → ${cut(row.after)}`,
  `true: ${cut(row.truth)}`,
]

/** A task, and which sample where it is not the first. */
const rowName = ({ task, sample }: { task: string; sample: number }): string =>
  `${cut(task)}${sample > 0 ? ` #${sample}` : ''}`

const madeLine = ({ what, before, after }: MadePair) => [
  what.map(cut).join(' › '),
  '',
  `${cut(before ?? 'not there')} → ${cut(after ?? 'not there')}`,
]

const cut = (text: string) => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 58)}…` : line
}

const cutList = (texts: readonly string[], most: number) =>
  [...texts.slice(0, most).map(cut), ...(texts.length > most ? ['…'] : [])].join(' ')

function capped(lines: string[][], most: number): string {
  const rest = lines.length - most
  return [table(lines.slice(0, most)), ...(rest > 0 ? [`  … and ${rest} more: --all lists them`] : [])]
    .filter(text => text !== '')
    .join('\n')
}
