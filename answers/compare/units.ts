import { tidy } from '../reading/plain.ts'
import { fromDecimal, type Rational, rational } from './rational.ts'

/** Spellings by unit and dimension. A unit that is not here must be a word of the question to be understood. */
const table: Record<string, Record<string, string>> = {
  length: {
    km: 'km kilometre kilometer kilometres kilometers',
    m: 'm metre meter metres meters',
    cm: 'cm centimetre centimeter centimetres centimeters',
    mm: 'mm millimetre millimeter millimetres millimeters',
    mile: 'mi mile miles',
    foot: 'ft foot feet',
    inch: 'inch inches',
    yard: 'yd yard yards',
  },
  pixels: { pixel: 'px pixel pixels' },
  degrees: { degree: '° deg degree degrees' },
  temperature: { celsius: '°c celsius', fahrenheit: '°f fahrenheit' },
  time: {
    second: 's sec second seconds',
    minute: 'min minute minutes',
    hour: 'h hr hrs hour hours',
    day: 'day days',
    week: 'week weeks',
    month: 'month months',
    year: 'yr yrs year years',
  },
  mass: {
    mg: 'mg milligram milligrams',
    g: 'g gram grams',
    kg: 'kg kilogram kilograms',
    tonne: 't ton tons tonne tonnes',
    lb: 'lb lbs',
    ounce: 'oz ounce ounces',
  },
  volume: { ml: 'ml millilitre milliliter millilitres milliliters', litre: 'l litre liter litres liters' },
  money: {
    dollar: '$ us$ usd dollar dollars',
    euro: '€ eur euro euros',
    pound: '£ gbp',
    yen: '¥ jpy yen',
  },
  share: { '%': '% pct percent percentage' },
}

interface Unit {
  name: string
  dimension: string
}

const units = new Map<string, Unit>(
  Object.entries(table).flatMap(([dimension, spellings]) =>
    Object.entries(spellings).flatMap(([name, words]) =>
      words.split(' ').map((word): [string, Unit] => [word, { name, dimension }]),
    ),
  ),
)

/**
 * What a unit is worth in the base unit of its dimension. Units that depend on a calendar or a country are not here.
 */
const worth = new Map(
  Object.entries({
    km: '1000',
    m: '1',
    cm: '.01',
    mm: '.001',
    mile: '1609.344',
    foot: '.3048',
    inch: '.0254',
    yard: '.9144',
    second: '1',
    minute: '60',
    hour: '3600',
    day: '86400',
    week: '604800',
    mg: '.001',
    g: '1',
    kg: '1000',
    lb: '453.59237',
    ounce: '28.349523125',
    ml: '.001',
    litre: '1',
  }).map(([name, base]) => [name, fromDecimal(base)]),
)

/** A word after a number that changes what the number says is never a unit, even where the question uses it. */
const changing = new Set(
  'not no nor or and but more less fewer than minus plus about before after over under above below at most least almost nearly to from out'.split(
    ' ',
  ),
)

/** A word after a number. `dimension` is null where the word is not a unit of the table. */
export type UnitWord = { name: string; dimension: string | null }

/**
 * The factor that turns the claim's unit into the truth's or, if the truth names none, into the only unit of its kind
 * that the question names. Null if there is nothing to convert, or if it is not clear to what.
 */
export function conversion(claim: UnitWord[], truth: UnitWord[], question: UnitWord[]): Rational | null {
  const [from] = claim
  if (!from?.dimension || claim.length > 1) return null
  const asked = question.filter(unit => unit.dimension === from.dimension)
  const wanted = truth.length > 0 ? truth : asked
  const [to] = wanted
  if (!to || to.dimension !== from.dimension || wanted.some(unit => unit.name !== to.name)) return null
  const [above, below] = [worthOf(from), worthOf(to)]
  return from.name === to.name || !above || !below ? null : rational(above.n * below.d, above.d * below.n)
}

function worthOf({ name }: UnitWord): Rational | null {
  const [, base = '', power = '1'] = /^(.*?)([23])?$/.exec(name) ?? []
  const one = worth.get(base)
  return one ? rational(one.n ** BigInt(power), one.d ** BigInt(power)) : null
}

/** Without its plural ending. */
export const stem = (word: string): string => word.replace(/e?s$/, '').replace(/e$/, '')

function unitWord(written: string): UnitWord {
  const [word = '', power = ''] = written.split('^')
  // KM is km, but Mg and Mm are not mg and mm.
  const isExact = word.length === 1 || /^M\p{Ll}$/u.test(word)
  const unit = units.get(word) ?? (isExact ? undefined : units.get(word.toLowerCase()))
  if (!unit) return { name: stem(word.toLowerCase()) + power, dimension: null }
  return { name: unit.name + power, dimension: unit.dimension + power }
}

const powers = (text: string): string =>
  text
    .replace(/\b(?:square|sq\.?) (\p{L}+)/giu, '$1^2')
    .replace(/\b(?:cubic|cu\.?) (\p{L}+)/giu, '$1^3')
    .replace(/\b([kcm]?m|ft|mi)([23])\b/g, '$1^$2')

/** The unit words of a text that must hold nothing else; null where it does. */
export function unitWords(text: string): UnitWord[] | null {
  if (/\/\s*$/.test(text)) return null
  const words = powers(text)
    .replace(/\bper\b/gi, '/')
    .split(/[\s/]+/)
    .filter(Boolean)
  return words.every(word => /^(?:[\p{L}°]+|us\$|[%$€£¥])(?:\^[23])?\.?$/iu.test(word))
    ? words.map(word => unitWord(word.replace(/\.$/, '')))
    : null
}

/** Every word of a free text, as a unit is written. */
export const asUnits = (text: string): UnitWord[] =>
  [...powers(tidy(text)).matchAll(/°?\p{L}+(?:\^[23])?|[°%$€£¥]/gu)].map(([word]) => unitWord(word))

/**
 * Whether a unit may stand after the number. If the answer has units, the claim has all of them or none. Otherwise they
 * are the question's. If neither names one, any unit says more than was asked and contradicts nothing.
 */
export function unitFits(claim: UnitWord[], truth: UnitWord[], question: UnitWord[]): boolean {
  const has = (words: UnitWord[], { name, dimension }: UnitWord) =>
    words.some(word => word.name === name && word.dimension === dimension)
  if (claim.length > 0 && !truth.every(unit => has(claim, unit))) return false
  const named = [...truth, ...question].some(unit => unit.dimension !== null)
  return claim.every(unit => {
    if (has(truth, unit)) return true
    if (changing.has(unit.name)) return false
    if (unit.dimension === null) return has(question, unit)
    return truth.length === 0 && (has(question, unit) || !named)
  })
}
