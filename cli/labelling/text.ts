import type { Interval } from '../../checks/judges/interval.ts'
import type { Queued } from '../../labels/queue.ts'
import { table } from '../printed-table.ts'
import { harmless } from '../show.ts'
import type { Agreed, LabelsFound } from './found.ts'

/** What labels come to, for a person. */
export const printFound = (found: LabelsFound): string =>
  [
    headOf(found),
    section('Between people', found.between.people, 'no two people labelled the same row'),
    ...(found.between.alpha === null ? [] : [`  all of them: α ${number(found.between.alpha)}`]),
    section('Between people and what judged the rows', found.between.checks, 'no labelled row was judged'),
    '',
    legend,
    sampleLine(found.sample),
  ].join('\n')

const legend =
  'good/bad: rows that the first calls good and the second bad. κ is near 0 where one of them calls nearly all rows\n' +
  'the same, however often they agree: look at the rows then (--rows).'

function headOf({ file, labelled, elsewhere, people }: LabelsFound): string {
  const { rows, good, bad, unsure, disagreement } = labelled
  const counts = `good ${good}, bad ${bad}, unsure ${unsure}, people disagree ${disagreement}`
  const who = people.map(({ by, rows }) => `${by} ${rows}`).join(', ') || 'nobody'
  const lost = elsewhere > 0 ? `\n${elsewhere} labelled rows are none of this export` : ''
  return harmless(`${file}: ${rows} rows labelled (${counts}) by ${who}${lost}`)
}

const columns = ['', 'rows', 'agree', 'κ', 'α', 'bad', 'good/bad', 'bad/good']

/**
 * A line for each two: `bad` are the shares that each calls bad, `good/bad` the rows that the first calls good and the
 * second bad.
 */
function section(title: string, all: readonly Agreed[], none: string): string {
  if (all.length === 0) return `\n${title}\n  ${none}`
  const lines = all.map(each => [
    each.one === 'people' ? each.other : `${each.one}, ${each.other}`,
    String(each.rows),
    `${percent(each.agree.estimate)} ${range(each.agree, percent)}`,
    each.kappa ? `${number(each.kappa.estimate)} ${range(each.kappa, number)}` : '–',
    each.alpha === null ? '–' : number(each.alpha),
    `${percent(each.bad.one.estimate)}, ${percent(each.bad.other.estimate)}`,
    ...[['good', 'bad'] as const, ['bad', 'good'] as const].map(([one, other]) =>
      String(each.confusion.find(cell => cell.one === one && cell.other === other)?.rows ?? 0),
    ),
  ])
  return `\n${title}\n${table([columns, ...lines])}${all.flatMap(rowsOf).join('')}`
}

/** The rows behind the numbers, where they were asked for. */
const rowsOf = ({ one, other, confusion }: Agreed): string[] =>
  confusion.flatMap(cell =>
    (cell.keys ?? []).map(key => harmless(`\n  ${one} ${cell.one}, ${other} ${cell.other}: ${key}`)),
  )

function sampleLine({ error, size, of, labelled, bad }: LabelsFound['sample']): string {
  const drawn = `Sample: ${size} of ${of} kept rows tell the share of bad ones within ±${percent(error)}`
  const said = `${labelled} of them are labelled`
  return `${drawn}; ${said}${bad ? `, ${percent(bad.estimate)} bad ${range(bad, percent)}` : ''}`
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`
const number = (value: number) => value.toFixed(2)
const range = ({ low, high }: Interval, words: (value: number) => string) =>
  `(${words(low)} to ${words(high)})`

/** A line for each row to label. */
export const printQueue = (queue: readonly Queued[]): string =>
  queue.length === 0
    ? 'nothing is left to label'
    : table(queue.map(({ key, task, why, detail }) => [key.slice(0, 12), task, why, detail]))
