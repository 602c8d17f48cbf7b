import { type AskedUnit, askedUnit } from './asked-unit.ts'
import { fromNumber, order, powerOfTen, type Rational, rational, size } from './rational.ts'
import { asUnits, changes, ratioOf, type UnitWord } from './units.ts'

/** What the units of two numbers say of them: `factor` turns the claim's into the truth's. */
export type Fit = { kind: 'fits'; factor: Rational } | { kind: 'other_unit' } | { kind: 'undecided' }

const fits = (factor: Rational = rational(1n)): Fit => ({ kind: 'fits', factor })
const other: Fit = { kind: 'other_unit' }

interface Measured {
  value: Rational
  units: UnitWord[]
}

/**
 * Whether a claim's units may stand for the truth's: those are its own, or else what the question asks for. A unit that
 * the question only gives is no evidence.
 */
export function fitOf(claim: UnitWord[], truth: Measured, question: string): Fit {
  if (claim.some(changes)) return other
  if (truth.units.length > 0) return within(claim, truth.units, asUnits(question))
  const [units, things] = [claim.filter(isUnit), claim.filter(word => !isUnit(word))]
  if (!things.every(thing => has(asUnits(question), thing))) return reads(claim, askedUnit(question))
  if (units.length === 0) return fits()
  const asked = askedUnit(question)
  // Things to a unit grow as the unit does, where all else shrinks.
  if (things.length > 0) return unconverted(asAsked(units, asked, question))
  return units.some(({ name }) => name === '%')
    ? shareFit(truth.value, asked, question)
    : asAsked(units, asked, question)
}

const unconverted = (fit: Fit): Fit => (fit.kind === 'fits' && fit.factor.n !== fit.factor.d ? other : fit)

const isUnit = ({ dimension }: UnitWord): boolean => dimension !== null
const has = (words: UnitWord[], { name, dimension }: UnitWord): boolean =>
  words.some(word => word.name === name && word.dimension === dimension)

/** All of the truth's units, in its own or in another of the dimension; further words are the question's. */
function within(claim: UnitWord[], truth: UnitWord[], question: UnitWord[]): Fit {
  if (claim.length === 0) return fits()
  const factor = factorOf(claim, truth)
  if (factor) return fits(factor)
  const further = claim.filter(unit => !has(truth, unit))
  const known = further.every(word => !isUnit(word) && has(question, word))
  return known && truth.every(unit => has(claim, unit)) ? fits() : other
}

/** What turns one unit, or one unit for another such as `km/h`, into the truth's; null where that is no factor. */
function factorOf([from, per, ...more]: UnitWord[], [to, truePer, ...rest]: UnitWord[]): Rational | null {
  if (!from || !to || more.length + rest.length > 0) return null
  const above = converted(from, to)
  if (!per && !truePer) return above
  const below = per && truePer && divides(per) ? ratioOf(per, truePer) : null
  return above && below ? rational(above.n * below.d, above.d * below.n) : null
}

/** In a time, or in a space. */
const divides = ({ dimension }: UnitWord): boolean => /^(?:time|volume|length3)$/.test(dimension ?? '')

const letters = new Map([
  ['c', 'celsius'],
  ['f', 'fahrenheit'],
])

/** Of a temperature, a bare degree or the letter is said where the scale is known. */
function converted(from: UnitWord, to: UnitWord): Rational | null {
  const bare =
    to.dimension === 'temperature' && (from.name === 'degree' || letters.get(from.word) === to.name)
  return bare ? rational(1n) : ratioOf(from, to)
}

/** A letter that is no unit by itself is one where the question asks for it. */
function reads(claim: UnitWord[], asked: AskedUnit): Fit {
  const factor = factorOf(claim, asked.kind === 'unit' ? asked.units : [])
  return factor ? fits(factor) : other
}

function asAsked(claim: UnitWord[], asked: AskedUnit, question: string): Fit {
  if (asked.kind === 'unit')
    return asked.units.length > 1 && claim.length === 1
      ? undecided(claim, asked)
      : within(claim, asked.units, [])
  if (asked.kind === 'things') return other
  const named = distinct(asUnits(question).filter(isUnit))
  const [unit] = claim
  if (asked.kind === 'unsaid' || !unit) return among(claim, named)
  if (asked.dimensions.includes('speed'))
    return claim.length === 2 && claim.every(word => has(named, word)) ? fits() : other
  if (claim.length > 1 || !asked.dimensions.includes(unit.dimension ?? '')) return other
  return among(claim, raised(named, unit.dimension ?? ''))
}

const undecided = (claim: UnitWord[], { units }: { units: UnitWord[] }): Fit =>
  claim.every(word => units.some(unit => unit.dimension === word.dimension)) ? { kind: 'undecided' } : other

/** The one unit of those that are named; where none is, any says more than was asked and contradicts nothing. */
function among(claim: UnitWord[], named: UnitWord[]): Fit {
  const [only, ...more] = named
  if (!only) return fits()
  if (claim.length === named.length && claim.every(word => has(named, word))) return fits()
  return more.length > 0 ? { kind: 'undecided' } : within(claim, [only], [])
}

const distinct = (words: UnitWord[]): UnitWord[] => [
  ...new Map(words.map(word => [word.name, word])).values(),
]

/** The units that are named of a dimension: an area is in square centimetres where its sides are in centimetres. */
function raised(named: UnitWord[], dimension: string): UnitWord[] {
  const own = named.filter(unit => unit.dimension === dimension)
  const [, base, power] = /^(\D+)([23])$/.exec(dimension) ?? []
  if (own.length > 0 || !base || !power) return own
  return named
    .filter(unit => unit.dimension === base)
    .map(unit => ({ ...unit, name: unit.name + power, dimension }))
}

/** A percentage is the number itself where one is asked for, and a hundredth of it where a share is. */
function shareFit(truth: Rational, asked: AskedUnit, question: string): Fit {
  const hundredth = fits(powerOfTen(-2))
  if (asked.kind === 'things') return other
  if (asked.kind === 'unit') return asked.units.every(({ name }) => name === '%') ? fits() : other
  if (asked.kind === 'kinds' && !asked.dimensions.includes('share')) return other
  const isShare = order(size(truth), fromNumber(1)) <= 0
  return isShare || !asUnits(question).some(({ name }) => name === '%') ? hundredth : fits()
}
