import { type Numeral, says } from './numerals.ts'

/**
 * A whole number below this is within reach of any few others: it must follow exactly, in one step, and as a share of
 * 100 only where it is one.
 */
const small = 20
/** Operands that are reckoned with: the work grows with their third power. */
const most = 12

/**
 * How a number follows from others by one or two steps of arithmetic, a sum or a mean; null where it does not. `beside`
 * may be reckoned with and belongs to no sum: numbers of the question, the 1 between posts and gaps.
 */
export function derivation(
  claim: Numeral,
  operands: readonly number[],
  beside: readonly number[] = [],
): string | null {
  const values = [...new Set(operands)].slice(0, most)
  const all = [...new Set([...values, ...beside])].slice(0, most + 4)
  const isSmall = claim.step === 1 && Math.abs(claim.value) < small
  const exact = isSmall ? { ...claim, step: 0 } : claim
  const found = [...totals(values), ...oneStep(all), ...(isSmall ? [] : twoSteps(all))].find(
    ({ value }) =>
      says(exact, { value }) || ((!isSmall || claim.percent) && says(exact, { value: value * 100 })),
  )
  return found?.how ?? null
}

interface Way {
  value: number
  how: string
}

const given = (value: number): Way => ({ value, how: String(value) })

function totals(values: readonly number[]): Way[] {
  const sum = values.reduce((total, value) => total + value, 0)
  const all = `${values.length} numbers`
  return [
    ...(values.length > 2 ? [{ value: sum, how: `sum of ${all}` }] : []),
    ...(values.length > 1 ? [{ value: sum / values.length, how: `mean of ${all}` }] : []),
  ]
}

const oneStep = (values: readonly number[]): Way[] =>
  values.flatMap(a => values.filter(b => b !== a).flatMap(b => applied(given(a), given(b))))

const twoSteps = (values: readonly number[]): Way[] =>
  values.flatMap(a =>
    values.flatMap(b =>
      values
        .filter(c => a !== b && b !== c && a !== c)
        .flatMap(c => applied(given(a), given(b)).flatMap(ab => applied(ab, given(c)))),
    ),
  )

function applied({ value: a, how: x }: Way, { value: b, how: y }: Way): Way[] {
  return [
    { value: a + b, how: `${x} + ${y}` },
    { value: a - b, how: `${x} - ${y}` },
    { value: a * b, how: `${x} * ${y}` },
    { value: a / b, how: `${x} / ${y}` },
  ]
}
