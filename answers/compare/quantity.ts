import { inDigits, scales } from '../../words/number-words.ts'
import { bare } from '../reading/plain.ts'
import { added, fromDecimal, multiplied, order, powerOfTen, type Rational, rational } from './rational.ts'
import { ratioOf, type UnitWord, unitWords } from './units.ts'

/** A number as it was written. */
export interface Quantity {
  value: Rational
  /** What one step in the last written decimal place is worth; null where no decimals were written. */
  step: Rational | null
  units: UnitWord[]
  /** "about 5": not quite a claim. */
  hedged: boolean
}

type Parts = Record<string, string | undefined>

/** A group of thousands never starts with 0: `0,123` is a decimal comma, which is not guessed at. */
const decimal = String.raw`(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:[ '_]\d{3})+|\d+)(?:\.\d+)?|\.\d+`
const power = String.raw`e(?<e>[+-]?\d{1,3})|\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*[({]?(?<ten>[+-]?\d{1,3})[)}]?`
const written = new RegExp(
  [
    String.raw`^(?:=\s*)?(?<hedge>(?:about|approximately|approx\.?|around|roughly|circa|ca\.|[~≈])\s*)?`,
    String.raw`(?<sign>[+-]|minus |negative )?\s*(?<money>us\$|[$€£¥])?\s*(?<late>[+-])?`,
    String.raw`(?:(?:(?<whole>\d{1,15}) )?(?<upper>\d{1,15})\s*/\s*(?<lower>\d{1,15})(?!\s*[\d/])`,
    `|(?<decimal>${decimal})(?:${power})?)`,
    String.raw`(?:\s*(?<scale>${[...scales.keys()].join('|')})(?!\p{L}))?(?<rest>.*)$`,
  ].join(''),
  'iu',
)

const signs: Record<string, string> = { usd: '$', eur: '€', gbp: '£', jpy: '¥' }

/** LaTeX and other spellings for what this grammar writes without it. */
const plainly = (text: string): string =>
  text
    .replace(/\\frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}/g, ' $1/$2')
    .replace(/\\(?:times|cdot)(?![a-zA-Z])/g, '×')
    .replace(/^([+-]?)10\s*(?=(?:\^|\*\*)\s*[({]?[+-]?\d)/, '$11×10')
    .replace(/^(usd|eur|gbp|jpy) (?=[\d.])/i, (_, code: string) => signs[code.toLowerCase()] ?? '')
    .replace(/[٠-٩۰-۹]/g, digit => String(digit.charCodeAt(0) & 15))
    .replace(/ +/g, ' ')
    .trim()

/** Read a text that is one number and nothing else but currency, scale and unit; null where it is anything more. */
export const quantity = (text: string): Quantity | null => single(text) ?? compound(text)

/** `1 h 30 min`, `5 ft 11 in`: whole numbers of units that grow smaller, each less than one of the unit before. */
function compound(text: string): Quantity | null {
  const parts = bare(text).match(/\d+(?:\.\d+)? ?\p{L}+/gu) ?? []
  const rest = bare(text).replace(/\d+(?:\.\d+)? ?\p{L}+/gu, '')
  if (parts.length < 2 || parts.length > 4 || /[^\s,]/.test(rest.replace(/\band\b/g, ''))) return null
  return parts.map(single).reduce((larger, smaller) => larger && smaller && together(larger, smaller))
}

function together(larger: Quantity, smaller: Quantity): Quantity | null {
  const [from, to] = [larger.units[0], smaller.units[0]]
  const ratio = from && to && ratioOf(from, to)
  const isFraction = larger.value.n % larger.value.d !== 0n
  if (!ratio || isFraction || order(smaller.value, ratio) >= 0 || order(ratio, rational(1n)) <= 0) return null
  return { ...smaller, value: added(multiplied(larger.value, ratio), smaller.value) }
}

function single(text: string): Quantity | null {
  const digits = inDigits(plainly(bare(text)))
  const parts: Parts | undefined = written.exec(digits)?.groups
  // "5K" may be five thousand or five kelvin.
  if (!parts || (parts.sign && parts.late) || parts.scale === 'K') return null
  const size = parts.lower ? fraction(parts) : decimals(parts)
  const units = unitWords(`${parts.money ?? ''} ${parts.rest ?? ''}`)
  if (!size || !units) return null
  const negative = (parts.sign ?? parts.late ?? '+') !== '+'
  return { ...size, value: negative ? negated(size.value) : size.value, units, hedged: !!parts.hedge }
}

const negated = ({ n, d }: Rational): Rational => rational(-n, d)

type Size = Pick<Quantity, 'value' | 'step'>

/** `3/4`, `1 3/4` */
function fraction({ whole, upper = '', lower = '', scale }: Parts): Size | null {
  const [above, below] = [BigInt(upper), BigInt(lower)]
  const mixed = whole !== undefined
  if (below === 0n || (mixed && (above >= below || upper.startsWith('0')))) return null
  const value = added(rational(BigInt(whole ?? '0')), rational(above, below))
  return { value: multiplied(value, factor(scale)), step: null }
}

/** `1,234.5`, `1.2e3`, `1.2 × 10^3`, `1.2 million` */
function decimals({ decimal = '', e, ten, scale }: Parts): Size {
  const digits = decimal.replace(/[^\d.]/g, '')
  const unit = multiplied(factor(scale), powerOfTen(Number(e ?? ten ?? 0)))
  const places = digits.split('.')[1]?.length ?? 0
  const step = places > 0 ? multiplied(powerOfTen(-places), unit) : null
  return { value: multiplied(fromDecimal(digits), unit), step }
}

const factor = (scale: string | undefined): Rational =>
  powerOfTen(scales.get((scale ?? '').toLowerCase()) ?? 0)
