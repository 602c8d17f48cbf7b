import type { Plan } from './flag-question.ts'

/** A number that was read, with a name for it in code. */
export interface Quantity {
  label: string
  value: number
}

/** Python that works the numbers out and prints the answer. `names` are the two countries of a comparison, as answers. */
export function arithmetic({ work, decimals }: Plan, quantities: Quantity[], names: string[]): string {
  const labels = quantities.map(({ label }) => label.replaceAll(' ', '_'))
  const given = quantities.map(({ value }, index) => `${labels[index]} = ${value}`)
  const [one = '', two = ''] = labels
  return [...given, ...lines(work, one, two, names, decimals)].join('\n')
}

function lines(work: Plan['work'], one: string, two: string, names: string[], decimals: number | null) {
  const [first, second] = names.map(name => JSON.stringify(name))
  const longer = `more = ${first} if ${one} > ${two} else ${second}`
  switch (work) {
    case 'compare':
      return [longer, `print(more, ${shown(`abs(${one} - ${two})`, decimals)})`]
    case 'which':
      return [longer, 'print(more)']
    case 'difference':
      return [`print(${shown(`abs(${one} - ${two})`, decimals)})`]
    case 'sum':
      return [`print(${shown(`${one} + ${two}`, decimals)})`]
    case 'ratio':
      return [`print(${shown(`max(${one}, ${two}) / min(${one}, ${two})`, decimals ?? 2)})`]
    case 'percent':
      return [`print(${shown(`100 * ${one} / ${two}`, decimals ?? 1)})`]
    default:
      return [`print(${shown(`${one} / ${two}`, decimals ?? 2)})`]
  }
}

const shown = (expression: string, decimals: number | null): string =>
  decimals === null ? `f'{${expression}:.12g}'` : `f'{${expression}:.${decimals}f}'`
