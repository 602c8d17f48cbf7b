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
    dm: 'dm decimetre decimeter decimetres decimeters',
    inch: 'inch inches',
    yard: 'yd yard yards',
  },
  pixels: { pixel: 'px pixel pixels' },
  degrees: { degree: '° deg degree degrees' },
  temperature: { celsius: '°c celsius', fahrenheit: '°f fahrenheit' },
  time: {
    second: 's sec second seconds',
    ms: 'ms millisecond milliseconds',
    minute: 'min mins minute minutes',
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
  volume: {
    ml: 'ml mL millilitre milliliter millilitres milliliters',
    cl: 'cl cL centilitre centiliter centilitres centiliters',
    litre: 'l L litre liter litres liters',
  },
  money: {
    dollar: '$ us$ usd dollar dollars buck bucks',
    cent: '¢ cent cents',
    euro: '€ eur euro euros',
    pound: '£ gbp',
    yen: '¥ jpy yen',
  },
  share: { '%': '% pct percent percentage' },
  force: { newton: 'N newton newtons', kn: 'kN kilonewton kilonewtons' },
  energy: {
    joule: 'J joule joules',
    kj: 'kJ kilojoule kilojoules',
    wh: 'Wh',
    kwh: 'kWh kilowatt-hour kilowatt-hours',
    calorie: 'cal calorie calories',
    kcal: 'kcal kilocalorie kilocalories',
  },
  power: {
    watt: 'W watt watts',
    kw: 'kW kilowatt kilowatts',
    mw: 'MW megawatt megawatts',
    milliwatt: 'mW milliwatt milliwatts',
  },
  voltage: { volt: 'V volt volts', mv: 'mV millivolt millivolts', kv: 'kV kilovolt kilovolts' },
  current: { ampere: 'A ampere amperes amp amps', ma: 'mA milliampere milliamperes' },
  resistance: { ohm: 'Ω ohm ohms', kohm: 'kΩ kiloohm kiloohms' },
  frequency: {
    hertz: 'Hz hertz',
    khz: 'kHz kilohertz',
    mhz: 'MHz megahertz',
    ghz: 'GHz gigahertz',
  },
  pressure: {
    pascal: 'Pa pascal pascals',
    hpa: 'hPa hectopascal hectopascals',
    kpa: 'kPa kilopascal kilopascals',
    mpa: 'MPa megapascal megapascals',
    bar: 'bar bars',
  },
  amount: { mole: 'mol mole moles', mmol: 'mmol millimole millimoles' },
  data: {
    byte: 'B byte bytes',
    kb: 'kB kilobyte kilobytes',
    mb: 'MB megabyte megabytes',
    gb: 'GB gigabyte gigabytes',
  },
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
    ms: '.001',
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
    cl: '.01',
    litre: '1',
    dm: '.1',
    dollar: '1',
    cent: '.01',
    newton: '1',
    kn: '1000',
    joule: '1',
    kj: '1000',
    wh: '3600',
    kwh: '3600000',
    watt: '1',
    kw: '1000',
    mw: '1000000',
    milliwatt: '.001',
    volt: '1',
    mv: '.001',
    kv: '1000',
    ampere: '1',
    ma: '.001',
    ohm: '1',
    kohm: '1000',
    hertz: '1',
    khz: '1000',
    mhz: '1000000',
    ghz: '1000000000',
    pascal: '1',
    hpa: '100',
    kpa: '1000',
    mpa: '1000000',
    bar: '100000',
    mole: '1',
    mmol: '.001',
  }).map(([name, base]) => [name, fromDecimal(base)]),
)

/** A word after a number that changes what the number says is never a unit, even where the question uses it. */
const changing = new Set(
  'not no nor or and but more less fewer than minus plus about before after over under above below at most least almost nearly to from out'.split(
    ' ',
  ),
)

/**
 * A word after a number, as it was written in lower case. `dimension` is null where it is not a unit of the table, and
 * then `name` is the word without its plural ending.
 */
export interface UnitWord {
  word: string
  name: string
  dimension: string | null
}

function worthOf({ name }: UnitWord): Rational | null {
  const [, base = '', power = '1'] = /^(.*?)([23])?$/.exec(name) ?? []
  const one = worth.get(base)
  return one ? rational(one.n ** BigInt(power), one.d ** BigInt(power)) : null
}

/** Without its plural ending. */
export const stem = (word: string): string => word.replace(/e?s$/, '').replace(/e$/, '')

function unitWord(text: string): UnitWord {
  const [written = '', power = ''] = text.split('^')
  const word = written.toLowerCase()
  // KM is km, but Mg and Mm are not mg and mm.
  const isExact = written.length === 1 || /^M\p{Ll}$/u.test(written)
  const unit = units.get(written) ?? (isExact ? undefined : units.get(word))
  if (!unit) return { word, name: stem(word) + power, dimension: null }
  return { word, name: unit.name + power, dimension: unit.dimension + power }
}

const powers = (text: string): string =>
  text
    .replace(/\bdegrees? (celsius|fahrenheit)\b/gi, '$1')
    .replace(/\b(?:us|u\.s\.) (dollars?)\b/gi, '$1')
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
  return words.every(word => /^(?:[\p{L}°]+|us\$|[%$€£¥¢])(?:\^[23])?\.?$/iu.test(word))
    ? words.map(word => unitWord(word.replace(/\.$/, '')))
    : null
}

/** Every word of a free text, as a unit is written. */
export const asUnits = (text: string): UnitWord[] =>
  [...powers(tidy(text)).matchAll(/°?\p{L}+(?:\^[23])?|[°%$€£¥¢]/gu)].map(([word]) => unitWord(word))

/** One unit's worth in another of its dimension; null where they do not differ by a factor alone. */
export function ratioOf(from: UnitWord, to: UnitWord): Rational | null {
  if (from.dimension === null || from.dimension !== to.dimension) return null
  if (from.name === to.name) return rational(1n)
  const [above, below] = [worthOf(from), worthOf(to)]
  return above && below ? rational(above.n * below.d, above.d * below.n) : null
}

/** Whether a word among the units of a number changes what the number says. */
export const changes = ({ word }: UnitWord): boolean => changing.has(word)
