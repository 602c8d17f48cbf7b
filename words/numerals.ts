import { scales, spelledIn } from './number-words.ts'

/** A number in running text. */
export interface Numeral {
  text: string
  value: number
  /** What its last written digit is worth. */
  step: number
  percent: boolean
}

const digits = /(?:\d{1,3}(?:[,'\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?/u.source
const before = /(?<![\p{L}_\d])(?<!\d\.)|(?<=\dx)/u.source
/** The currency of `S10`, as pictures of prices are read, `Rs5` and `C$3`; the name of `Q3`. */
const lettered = /(?<=(?<![\p{L}_\d])\p{Lu}\p{L}?)/u.source
const after = /(?!\d|st\b|nd\b|rd\b|th\b|[\p{L}\d]*_)/u.source
const scale = /(?:\s?(thousand|million|billion|k|mn|bn)\b)?/iu.source
const numeral = (before: string): RegExp =>
  new RegExp(`(?:${before})((?<![\\w)])[-−])?(${digits})${after}${scale}(\\s?(?:%|percent\\b))?`, 'gu')
const [plain, loose] = [numeral(before), numeral(`${before}|${lettered}`)]

/** The numbers written in digits. Names such as image_2 and ordinals such as 2nd hold none. */
export const numeralsIn = (text: string): Numeral[] => numeralsLike(plain, text)

function numeralsLike(pattern: RegExp, text: string): Numeral[] {
  return [...text.matchAll(pattern)].map(([whole, sign, number = '', unit = '', percent]) => {
    const plain = ungrouped(number)
    const factor = 10 ** (scales.get(unit.toLowerCase()) ?? 0)
    const value = Number(plain) * factor * (sign ? -1 : 1)
    return { text: whole.trim(), value, step: stepOf(plain) * factor, percent: percent !== undefined }
  })
}

const ungrouped = (digits: string): string => digits.replace(/[,'\u2009\u202f]/g, '')

/** The value of digits that may be written in groups, as in 1,234.5. */
export const numberOf = (digits: string): number => Number(ungrouped(digits))

function stepOf(plain: string): number {
  const [mantissa = '', exponent = '0'] = plain.toLowerCase().split('e')
  return 10 ** (Number(exponent) - (mantissa.split('.')[1]?.length ?? 0))
}

/** The same, those behind a letter or two, and those in words. */
export const numbersIn = (text: string): Numeral[] => [
  ...numeralsLike(loose, text),
  ...spelledIn(text).map(said => ({ ...said, step: 1, percent: false })),
]

/**
 * Whether a number may say what another said, whatever its sign: rounded to what it is written in, or as a share of
 * 100.
 */
export function says(claim: Numeral, seen: { value: number; percent?: boolean }): boolean {
  const value = Math.abs(seen.value)
  const near = (factor: number) =>
    Math.abs(Math.abs(claim.value) * factor - value) <= (claim.step * factor) / 2 + 1e-9 * value
  if (!Number.isFinite(value)) return false
  return near(1) || (claim.percent && near(0.01)) || (seen.percent === true && near(100))
}
