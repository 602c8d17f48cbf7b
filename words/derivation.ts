import { type Numeral, says } from './numerals.ts'

/**
 * A whole number below this is within reach of any few others: it must follow exactly, and as a share of 100 only where
 * it is one.
 */
const small = 20
/** Operands that are reckoned with: the work grows with their second power. */
const most = 12

/**
 * How a number follows from others by one step of arithmetic, a sum or a mean; null where it does not. A further step
 * would reach every number from any few. `beside` may be reckoned with and belongs to no sum: numbers of the question,
 * the 1 between posts and gaps.
 */
export function derivation(
  claim: Numeral,
  operands: readonly number[],
  beside: readonly number[] | null = [],
): string | null {
  const values = [...new Set(operands)].slice(0, most)
  const isSmall = claim.step === 1 && Math.abs(claim.value) < small
  const exact = isSmall ? { ...claim, step: 0 } : claim
  const found = [...totals(values), ...(beside ? steps(values, beside.slice(0, most)) : [])].find(
    ({ value }) =>
      says(exact, { value }) || ((!isSmall || claim.percent) && says(exact, { value: value * 100 })),
  )
  return found?.how ?? null
}

interface Way {
  value: number
  how: string
}

function totals(values: readonly number[]): Way[] {
  const sum = values.reduce((total, value) => total + value, 0)
  const all = `${values.length} numbers`
  return [
    ...(values.length > 2 ? [{ value: sum, how: `sum of ${all}` }] : []),
    ...(values.length > 1 ? [{ value: sum / values.length, how: `mean of ${all}` }] : []),
  ]
}

/** One of the operands with another, or with what is beside them. */
const steps = (values: readonly number[], beside: readonly number[]): Way[] =>
  values.flatMap(a => [...new Set([...values, ...beside])].filter(b => b !== a).flatMap(b => applied(a, b)))

const applied = (a: number, b: number): Way[] => [
  { value: a + b, how: `${a} + ${b}` },
  { value: a - b, how: `${a} - ${b}` },
  { value: a * b, how: `${a} * ${b}` },
  { value: a / b, how: `${a} / ${b}` },
  { value: b / a, how: `${b} / ${a}` },
]
