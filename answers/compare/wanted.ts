import { apply, type Expression, number } from '../reading/expression.ts'
import type { Mathematics } from '../reading/mathematics.ts'
import { bareInFonts } from '../reading/plain.ts'
import { askedUnit } from './asked-unit.ts'
import type { AnswerKey } from './key.ts'
import type { Rational } from './rational.ts'
import { equalValues } from './sampled.ts'
import { asUnits, type UnitWord, unitWords } from './units.ts'

interface Measured {
  text: string
  units: UnitWord[]
  /** 2 and 3 of square and cubic units that have no name. */
  power?: string
}

const upright =
  /^(.*[\d})\]πi])(?:\\[,;:! ]|~|\s)*\\(?:text|mathrm|textrm|mbox|rm)\s*\{\s*([^{}]+?)\s*\}(?:\s*\^\s*\{?([23])\}?)?$/s
const plainUnit = /^(.*[\d})\]π])\s*([a-zA-Z]{2,}(?:\s*\/\s*[a-zA-Z]+)?)(?:\s*\^\s*\{?([23])\}?)?$/s

const unnamed = /^units?$/

/** An answer without the unit behind it or the currency before it. */
export function withoutUnit(
  given: string,
  { question, answer }: Pick<AnswerKey, 'question' | 'answer'>,
): Measured {
  const whole = bareInFonts(given)
  const text = asQuotient(whole, question)
  const money = /^(?:us)?[$€£¥]\s*(?=[\d.\\])(.*)$/s.exec(text)?.[1]
  if (money !== undefined) return { text: money, units: asUnits(text.replace(/\d.*$/s, '')) }
  const known = [...asUnits(question), ...asUnits(answer)]
  for (const form of [upright, plainUnit]) {
    const [, value, words = '', raised] = form.exec(text) ?? []
    const units = value === undefined ? null : unitWords(raised ? `${words}^${raised}` : words)
    const isUnit = (unit: UnitWord) =>
      unit.dimension !== null || (form === upright && known.some(({ name }) => name === unit.name))
    if (value === undefined || !units) continue
    const real = units.filter(({ word }) => !unnamed.test(word))
    const power = units.find(({ word }) => unnamed.test(word))?.name.slice('unit'.length)
    if (real.every(isUnit)) return { text: value, units: real, ...(power !== undefined && { power }) }
  }
  return { text: text === whole ? given : text, units: [] }
}

/** `7:32` is a quotient where the question asks for a ratio. */
const asQuotient = (text: string, question: string): string =>
  /\bratio\b/i.test(question) ? text.replace(/^([^:=]+):([^:=]+)$/, '\\frac{$1}{$2}') : text

/** A claim as the question wants it: in its unit, as a percentage, in degrees. */
export const asWanted = (
  claim: Mathematics,
  truth: Mathematics,
  factor: Rational,
  task: AnswerKey,
): Mathematics => asPercent(inDegrees(scaled(claim, factor), truth, task), truth, task)

function scaled(claim: Mathematics, { n, d }: Rational): Mathematics {
  if (n === d || claim.kind !== 'value') return claim
  return { kind: 'value', value: apply('/', apply('*', claim.value, number(String(n))), number(String(d))) }
}

export const isPercentage = (of: Mathematics): boolean => of.kind === 'value' && hasSign(of.value, '%')

/** A percentage is the number itself where the question or the true answer says that it is one. */
function asPercent(claim: Mathematics, truth: Mathematics, { question }: AnswerKey): Mathematics {
  if (claim.kind !== 'value' || truth.kind !== 'value') return claim
  const [has, needs] = [hasSign(claim.value, '%'), hasSign(truth.value, '%')]
  if (needs && !has && equalValues(claim.value, innerOf(truth.value))) return truth
  const asked = askedUnit(question)
  if (has === needs || asked.kind !== 'unit' || asked.units.some(({ name }) => name !== '%')) return claim
  return { kind: 'value', value: needs ? apply('%', claim.value) : innerOf(claim.value) }
}

/** Where the question asks for degrees, their sign may be left out. */
function inDegrees(claim: Mathematics, truth: Mathematics, { question }: AnswerKey): Mathematics {
  if (
    claim.kind !== 'value' ||
    truth.kind !== 'value' ||
    /radian/i.test(question) ||
    !/degree/i.test(question)
  )
    return claim
  const [has, needs] = [hasSign(claim.value, '°'), hasSign(truth.value, '°')]
  if (has === needs) return claim
  return { kind: 'value', value: needs ? apply('°', claim.value) : innerOf(claim.value) }
}

const hasSign = (of: Expression, sign: '%' | '°'): boolean => of.kind === 'apply' && of.operator === sign
const innerOf = (of: Expression): Expression => (of.kind === 'apply' ? (of.to[0] ?? of) : of)
