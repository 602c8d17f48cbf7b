/** A number in running text. */
export interface Numeral {
  text: string
  value: number
  /** What its last written digit is worth. */
  step: number
  percent: boolean
}

const scales: Record<string, number> = { k: 1e3, thousand: 1e3, million: 1e6, mn: 1e6, billion: 1e9, bn: 1e9 }
const words =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  )

const digits = /(?:\d{1,3}(?:[,'\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?/u.source
const before = /(?<![\p{L}_\d])(?<!\d\.)|(?<=\dx)/u.source
const after = /(?!\d|st\b|nd\b|rd\b|th\b|[\p{L}\d]*_)/u.source
const scale = /(?:\s?(thousand|million|billion|k|mn|bn)\b)?/iu.source
const pattern = new RegExp(
  `(?:${before})((?<![\\w)])[-−])?(${digits})${after}${scale}(\\s?(?:%|percent\\b))?`,
  'gu',
)
const word = new RegExp(`(?<![\\p{L}-])(?:${words.join('|')})(?![\\p{L}-])`, 'giu')

/** The numbers written in digits. Names such as image_2 and ordinals such as 2nd hold none. */
export function numeralsIn(text: string): Numeral[] {
  return [...text.matchAll(pattern)].map(([whole, sign, number = '', unit = '', percent]) => {
    const plain = number.replace(/[,'\u2009\u202f]/g, '')
    const factor = scales[unit.toLowerCase()] ?? 1
    const value = Number(plain) * factor * (sign ? -1 : 1)
    return { text: whole.trim(), value, step: stepOf(plain) * factor, percent: percent !== undefined }
  })
}

function stepOf(plain: string): number {
  const [mantissa = '', exponent = '0'] = plain.toLowerCase().split('e')
  return 10 ** (Number(exponent) - (mantissa.split('.')[1]?.length ?? 0))
}

/** The same, and the numbers from zero to twenty in words. */
export const numbersIn = (text: string): Numeral[] => [
  ...numeralsIn(text),
  ...[...text.matchAll(word)].map(([found]) => ({
    text: found,
    value: words.indexOf(found.toLowerCase()),
    step: 1,
    percent: false,
  })),
]

/** Whether a number may say what another said, whatever its sign: rounded to what it is written in, or as a share of 100. */
export function says(claim: Numeral, seen: { value: number; percent?: boolean }): boolean {
  const value = Math.abs(seen.value)
  const near = (factor: number) =>
    Math.abs(Math.abs(claim.value) * factor - value) <= (claim.step * factor) / 2 + 1e-9 * value
  if (!Number.isFinite(value)) return false
  return near(1) || (claim.percent && near(0.01)) || (seen.percent === true && near(100))
}

/** A whole number below this is within reach of any few others: it must follow exactly, in one step, and as a share of 100 only where it is one. */
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
