import { mentions } from './mentions.ts'

/** One mark of a chart as it was measured. `key` is its name in the Python dictionary `readings`. */
export interface Reading {
  key: string
  series: string
  label: string
  value: number
}

/** What follows from the readings: an answer, or a calculation that Python has to make. */
export type Solution =
  | { kind: 'answer'; because: string; answer: string }
  | { kind: 'calculate'; plan: string; code: string; because: string }

type Solver = (question: string, readings: Reading[]) => Solution | null

/** Work out what a question asks for; null where it names what was not read. */
export function solve(question: string, readings: Reading[]): Solution | null {
  return kinds.find(([asks]) => asks.test(question))?.[1](question, readings) ?? null
}

const total: Solver = (question, readings) =>
  over(ofSeries(question, readings), {
    plan: 'All marks are read. I add their values up.',
    expression: 'sum(values)',
    because: 'That is the sum of all values that I read.',
  })

const average: Solver = (question, readings) =>
  over(ofSeries(question, readings), {
    plan: 'I have all the values; their average is the sum divided by their number.',
    expression: 'sum(values) / len(values)',
    because: 'That is the average of the values that I read.',
  })

const range: Solver = (question, readings) =>
  over(ofSeries(question, readings), {
    plan: 'The span between the extremes is the largest reading minus the smallest.',
    expression: 'max(values) - min(values)',
    because: 'That is how far the highest value lies above the lowest.',
  })

const difference: Solver = (question, readings) =>
  between(named(question, readings), ([a, b]) => ({
    plan: `The question compares ${a.key} with ${b.key}. I subtract one reading from the other.`,
    expression: 'abs(values[0] - values[1])',
    because: `${a.key} is at ${a.value} and ${b.key} at ${b.value}; that is the difference.`,
  }))

const ratio: Solver = (question, readings) =>
  between(named(question, readings), ([a, b]) => {
    const [over, under] = /how many times/i.test(question) ? [b, a] : [a, b]
    return {
      plan: `I divide the reading of ${over.key} by that of ${under.key}.`,
      expression: over === a ? 'values[0] / values[1]' : 'values[1] / values[0]',
      because: `${over.key} is at ${over.value} and ${under.key} at ${under.value}; that is their ratio.`,
    }
  })

const limit = /\b(above|over|below|under|(?:more|greater|higher|less|lower|fewer) than)\s+(-?[\d.,]*\d)/i

const count: Solver = (question, readings) => {
  const [, side = '', text = ''] = question.match(limit) ?? []
  if (!text) return null
  const bound = Number(text.replaceAll(',', ''))
  const more = /above|over|more|greater|higher/i.test(side)
  return over(ofSeries(question, readings), {
    plan: `I compare every reading with ${bound} and count those ${more ? 'above' : 'below'} it.`,
    expression: `sum(value ${more ? '>' : '<'} ${bound} for value in values)`,
    because: `So many of the readings are ${more ? 'above' : 'below'} ${bound}.`,
  })
}

const extreme: Solver = (question, readings) => {
  const high = /highest|largest|greatest|most|biggest|maximum/i.test(question)
  const sorted = ofSeries(question, readings).sort((a, b) => (high ? b.value - a.value : a.value - b.value))
  const [best, next] = sorted
  if (!best) return null
  const rest = next ? `, followed by ${next.key} with ${next.value}` : ''
  const because = `The ${high ? 'highest' : 'lowest'} reading is that of ${best.key} with ${best.value}${rest}.`
  return { kind: 'answer', because, answer: best.label }
}

const value: Solver = (question, readings) => {
  const reading = named(question, readings).at(-1)
  if (!reading) return null
  return {
    kind: 'answer',
    because: `The mark of ${reading.key} ends at ${reading.value}.`,
    answer: String(reading.value),
  }
}

const kinds: [RegExp, Solver][] = [
  [/\b(sum|total) of (the values of )?all\b/i, total],
  [/\b(average|mean) (value )?(over|of) all\b/i, average],
  [/highest and (the )?lowest/i, range],
  [/how many times|\bratio\b/i, ratio],
  [limit, count],
  [/\bdifference\b|\bexceed/i, difference],
  [/^which\b/i, extreme],
  [/./, value],
]

/** The readings a question is about where it names a series, else all. */
function ofSeries(question: string, readings: Reading[]): Reading[] {
  const [name] = mentions(question, [...new Set(readings.map(reading => reading.series))])
  return name ? readings.filter(reading => reading.series === name) : [...readings]
}

/** The readings a question names, in its order. With several series, each needs one of them named next to its label. */
function named(question: string, readings: Reading[]): Reading[] {
  const labels = mentions(question, [...new Set(readings.map(reading => reading.label))])
  const series = mentions(question, [...new Set(readings.map(reading => reading.series))])
  return labels.flatMap((label, index) => {
    const own = readings.filter(reading => reading.label === label)
    return own.find(reading => reading.series === (series[index] ?? series.at(-1) ?? '')) ?? []
  })
}

interface Calculation {
  plan: string
  expression: string
  because: string
}

function over(readings: Reading[], { plan, expression, because }: Calculation): Solution | null {
  if (readings.length === 0) return null
  const keys = JSON.stringify(readings.map(reading => reading.key))
  const code = `values = [readings[key] for key in ${keys}]\nprint('values:', values)\nprint('result:', round(${expression}, 4))`
  return { kind: 'calculate', plan, code, because }
}

function between(
  readings: Reading[],
  calculation: (pair: [Reading, Reading]) => Calculation,
): Solution | null {
  const [first, second] = readings
  return first && second ? over([first, second], calculation([first, second])) : null
}
