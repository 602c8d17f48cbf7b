import type { AnswerType } from '../../../schemas/task.ts'
import type { Random } from '../random.ts'
import type { Row, Table } from './table.ts'

export interface Question {
  /** What is asked for, in one word. */
  ask: string
  text: string
  answer: string
  answerType: AnswerType
  tolerance: number | null
}

/** A table's rows with what its picture lets one tell apart: `span` is the length of its value axis. */
interface Shown {
  table: Table
  rows: Row[]
  span: number
}

type Asker = (shown: Shown, chance: Random) => Question | null

/** ChartQA's relaxed accuracy (Masry et al. 2022, arXiv 2203.10244): a number may be 5 % off. */
const relaxed = 0.05

const number = (ask: string, text: string, value: number): Question => ({
  ask,
  text,
  answer: String(Number(value.toPrecision(4))),
  answerType: 'number',
  tolerance: relaxed,
})

const named = ({ table }: Shown, row: Row) =>
  `${table.preposition} ${row.label}${row.series ? ` (${row.series})` : ''}`
const entity = (row: Row) => (row.series ? `${row.series}, ${row.label}` : row.label)

/** Two rows that differ by enough to be measured, the larger first. */
function two({ rows, span }: Shown, chance: Random): [Row, Row] | null {
  const [first, ...rest] = chance.sample(rows, rows.length)
  const second = first && rest.find(row => Math.abs(row.value - first.value) > 0.12 * span)
  if (!first || !second) return null
  return first.value > second.value ? [first, second] : [second, first]
}

const value: Asker = (shown, chance) => {
  const row = chance.pick(shown.rows)
  if (row.value < 0.06 * shown.span) return null
  const text = chance.pick([
    `According to the chart, what is the ${shown.table.measure} ${named(shown, row)}?`,
    `What value does the chart show for ${entity(row)}?`,
  ])
  return number('value', text, row.value)
}

const difference: Asker = (shown, chance) => {
  const pair = two(shown, chance)
  if (!pair) return null
  const [more, less] = pair
  const [one, other] = chance.sample(pair, 2) as [Row, Row]
  const text = chance.pick([
    `In the chart, what is the difference between the values for ${entity(one)} and ${entity(other)}?`,
    `By how much does the value for ${entity(more)} exceed the value for ${entity(less)} in the chart?`,
  ])
  return number('difference', text, more.value - less.value)
}

const ratio: Asker = (shown, chance) => {
  const pair = two(shown, chance)
  if (!pair || pair[1].value < 0.1 * shown.span) return null
  const [more, less] = pair
  const text = chance.pick([
    `In the chart, what is the ratio of the value for ${entity(more)} to the value for ${entity(less)}?`,
    `How many times the value for ${entity(less)} is the value for ${entity(more)} in the chart?`,
  ])
  return number('ratio', text, more.value / less.value)
}

const extreme: Asker = ({ table, rows, span }, chance) => {
  const series = chance.pick(rows).series
  const sorted = rows.filter(row => row.series === series).sort((a, b) => b.value - a.value)
  const high = chance.next() < 0.5
  const [best, next] = high ? sorted : sorted.toReversed()
  if (!best || !next || Math.abs(best.value - next.value) < 0.02 * span) return null
  const which = chance.pick(high ? ['highest', 'largest'] : ['lowest', 'smallest'])
  const whose = series ? ` for ${series}` : ''
  const text = `Which ${table.noun.one} has the ${which} ${table.measure}${whose} in the chart?`
  return { ask: which, text, answer: best.label, answerType: 'text', tolerance: null }
}

const total: Asker = ({ table, rows }) => {
  if (rows.some(row => row.series) || rows.length > 9) return null
  const sum = rows.reduce((all, row) => all + row.value, 0)
  return number('sum', `What is the sum of the values of all ${table.noun.many} in the chart?`, sum)
}

const average: Asker = ({ table, rows }, chance) => {
  const series = chance.pick(rows).series
  const own = rows.filter(row => row.series === series)
  const whose = series ? ` for ${series}` : ''
  const text = `What is the average value over all ${table.noun.many} in the chart${whose}?`
  return number('average', text, own.reduce((all, row) => all + row.value, 0) / own.length)
}

const range: Asker = ({ rows, span }) => {
  if (rows.some(row => row.series)) return null
  const values = rows.map(row => row.value)
  const spread = Math.max(...values) - Math.min(...values)
  if (spread < 0.12 * span) return null
  return number(
    'range',
    'What is the difference between the highest and the lowest value in the chart?',
    spread,
  )
}

const above: Asker = ({ table, rows, span }, chance) => {
  const series = chance.pick(rows).series
  const values = rows.filter(row => row.series === series).map(row => row.value)
  const middle = (Math.max(...values) + Math.min(...values)) / 2
  const limit = Number(middle.toPrecision(2))
  if (values.some(value => Math.abs(value - limit) < 0.025 * span)) return null
  const more = chance.next() < 0.5
  const count = values.filter(value => value > limit === more).length
  const whose = series ? ` for ${series}` : ''
  const text = `How many ${table.noun.many} in the chart have a value ${more ? 'above' : 'below'} ${limit}${whose}?`
  return { ask: 'count', text, answer: String(count), answerType: 'number', tolerance: null }
}

const askers = [value, difference, ratio, extreme, total, average, range, above]

/** A question that the chart of this table answers; what the eye could not tell apart is not asked. */
export function askAbout(table: Table, chance: Random, turn: number): Question {
  const values = table.rows.map(row => row.value)
  const low = table.form === 'bars' ? 0 : Math.min(...values)
  const shown = { table, rows: table.rows, span: Math.max(...values) - low }
  for (let index = turn; index < turn + 4 * askers.length; index++) {
    const question = askers[index % askers.length]?.(shown, chance)
    if (question) return question
  }
  throw new Error(`nothing can be asked about the chart "${table.title}"`)
}
