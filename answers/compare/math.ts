import { apply, type Expression, number } from '../reading/expression.ts'
import { type Mathematics, mathematics } from '../reading/mathematics.ts'
import { bare, bareInFonts, tidy } from '../reading/plain.ts'
import { asksForPoint, asksForWritten, orderAsked } from '../reading/question.ts'
import { askedUnit } from './asked-unit.ts'
import { Undecided } from './complex.ts'
import { type AnswerKey, type Compare, noTruth, right, wrong } from './key.ts'
import { fromNumber, type Rational } from './rational.ts'
import { asRegion, sameRegion } from './region.ts'
import { sameRelation } from './relation.ts'
import { equalValues, near } from './sampled.ts'
import { fitOf } from './unit-fit.ts'
import { asUnits, type UnitWord, unitWords } from './units.ts'

/**
 * Mathematics by what it means: values by calculation, sets in any order, tuples, intervals and matrices part by part,
 * equations and inequalities up to a factor. An exact answer is not a rounded one, unless the task has a tolerance. The
 * question says whether several answers have an order, and in which unit a number is.
 */
export const compareMath: Compare = (given, task) => {
  if (written(given) === written(task.answer)) return right
  const [claim, truth] = [measured(given, task), measured(task.answer, task)]
  const wanted = mathematics(truth.text)
  if (!wanted) return noTruth(task, 'cannot be read as mathematics')
  const said = mathematics(unlabelled(claim.text, task.question)) ?? mathematics(claim.text)
  if (!said) return wrong(given, task, 'not_math')
  const fit = fitOf(claim.units, { value: fromNumber(2), units: truth.units }, task.question)
  if (fit.kind !== 'fits') return wrong(given, task, fit.kind)
  try {
    const pair = paired(
      asPercent(inDegrees(scaled(said, fit.factor), wanted, task), wanted, task),
      wanted,
      task,
    )
    return same(...pair, task) ? right : wrong(given, task)
  } catch (error) {
    if (error instanceof Undecided) return wrong(given, task, 'undecided')
    throw error
  }
}

/**
 * Without spaces, but for those that end a name, as `\\sin h` is not `\\sinh`, and for those between two numbers, as `1,
 * 234` is not `1,234`.
 */
const written = (text: string): string => bare(text).replace(/ ?(?!,(?= ?\d))([^\w\s\\]) ?| (?=\\)/g, '$1')

/** `x = 5` as `5` where the question asks for x, `f(2) = 13` as `13` where it asks for f(2). */
function unlabelled(text: string, question: string): string {
  const [left = '', right, ...more] = bare(text).split(/(?<![<>!:=])=(?!=)/)
  if (right === undefined || more.length > 0) return text
  const sides = [left.trim(), right.trim()] as const
  const [name = '', body = ''] = [sides, sides.toReversed()].find(([name]) => isAsked(name, question)) ?? []
  return name === '' ? text : body
}

const isAsked = (name = '', question: string): boolean =>
  /\p{L}/u.test(name) && (asksForWritten(name, question) || isSolved(name, question))

/** Whether an equation with a single unknown is to be solved for it. */
function isSolved(label: string, question: string): boolean {
  const letters = tidy(question).match(/(?<![A-Za-z\\'])[b-zB-HJ-Z](?![A-Za-z'])/g) ?? []
  return /\bsol(?:ve|utions?)\b/i.test(question) && letters.every(letter => letter === label.trim())
}

interface Measured {
  text: string
  units: UnitWord[]
}

const upright =
  /^(.*[\d})\]πi])(?:\\[,;:! ]|~|\s)*\\(?:text|mathrm|textrm|mbox|rm)\s*\{\s*([^{}]+?)\s*\}(?:\s*\^\s*\{?([23])\}?)?$/s
const plainUnit = /^(.*[\d})\]π])\s*([a-zA-Z]{2,}(?:\s*\/\s*[a-zA-Z]+)?)(?:\s*\^\s*\{?([23])\}?)?$/s

/** An answer without the unit behind it or the currency before it. */
function measured(given: string, { question, answer }: AnswerKey): Measured {
  const whole = bareInFonts(given)
  const text = asQuotient(whole, question)
  const money = /^(?:us)?[$€£¥]\s*(?=[\d.\\])(.*)$/s.exec(text)?.[1]
  if (money !== undefined) return { text: money, units: asUnits(text.replace(/\d.*$/s, '')) }
  const known = [...asUnits(question), ...asUnits(answer)]
  for (const form of [upright, plainUnit]) {
    const [, value, words = '', power] = form.exec(text) ?? []
    const units = value === undefined ? null : unitWords(power ? `${words}^${power}` : words)
    const isUnit = (unit: UnitWord) =>
      unit.dimension !== null || (form === upright && known.some(({ name }) => name === unit.name))
    if (value === undefined || !units) continue
    // "12 square units" has none.
    const real = units.filter(({ word }) => word !== 'unit' && word !== 'units')
    if (real.every(isUnit)) return { text: value, units: real }
  }
  return { text: text === whole ? given : text, units: [] }
}

/** `7:32` is a quotient where the question asks for a ratio. */
const asQuotient = (text: string, question: string): string =>
  /\bratio\b/i.test(question) ? text.replace(/^([^:=]+):([^:=]+)$/, '\\frac{$1}{$2}') : text

function scaled(claim: Mathematics, { n, d }: Rational): Mathematics {
  if (n === d || claim.kind !== 'value') return claim
  return { kind: 'value', value: apply('/', apply('*', claim.value, number(String(n))), number(String(d))) }
}

/** A percentage is the number itself where the question asks for one. */
function asPercent(claim: Mathematics, truth: Mathematics, { question }: AnswerKey): Mathematics {
  if (claim.kind !== 'value' || truth.kind !== 'value') return claim
  const [has, needs] = [hasSign(claim.value, '%'), hasSign(truth.value, '%')]
  const asked = askedUnit(question)
  if (has === needs || asked.kind !== 'unit' || asked.units.some(({ name }) => name !== '%')) return claim
  return { kind: 'value', value: needs ? apply('%', claim.value) : innerOf(claim.value) }
}

type Pair = [claim: Mathematics, truth: Mathematics]

/** `5` for `x = 5`, `x = 5` for `5` where the question asks for it, and `x = 1, y = 2` for `(1, 2)`. */
function paired(claim: Mathematics, truth: Mathematics, { question }: AnswerKey): Pair {
  if (
    truth.kind === 'labelled' &&
    claim.kind !== 'labelled' &&
    claim.kind !== 'relation' &&
    claim.kind !== 'joined'
  )
    return [claim, truth.body]
  const isBare = !['labelled', 'relation', 'joined'].includes(truth.kind)
  if (claim.kind === 'labelled' && isBare && isAsked(claim.label, question)) return [claim.body, truth]
  if (truth.kind === 'list') return [coordinates(claim, question) ?? claim, truth]
  if (claim.kind === 'list') return [claim, coordinates(truth, question) ?? truth]
  return [claim, truth]
}

/** `x = 1, y = 2` in the order in which the question names `(x, y)`, or of the alphabet for x, y and z. */
function coordinates(of: Mathematics, question: string): Mathematics | null {
  if (of.kind !== 'set' || of.items.length < 2) return null
  const values = new Map(
    of.items.map(item => (item.kind === 'labelled' ? [item.label, item.body] : ['', item])),
  )
  const names = [...values.keys()]
  const asked = tidy(question)
    .match(/\(\s*[a-z](?:\s*,\s*[a-z])+\s*\)/gi)
    ?.at(-1)
    ?.match(/[a-z]/gi)
  const order = asked ?? (names.every(name => /^[xyz]$/.test(name)) ? names.toSorted() : [])
  const items = order.flatMap(name => values.get(name) ?? [])
  const isWhole = items.length === of.items.length && items.length === order.length
  return isWhole ? { kind: 'list', open: '(', close: ')', items } : null
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

function same(claim: Mathematics, truth: Mathematics, task: AnswerKey): boolean {
  const alike = (a: Mathematics, b: Mathematics) => same(a, b, task)
  if (claim.kind === 'value' && truth.kind === 'value') return sameValue(claim.value, truth.value, task)
  if (claim.kind === 'labelled' && truth.kind === 'labelled' && claim.label === truth.label)
    return alike(claim.body, truth.body)
  if (claim.kind === 'matrix' && truth.kind === 'matrix')
    return inOrder(claim.rows, truth.rows, (a, b) => inOrder(a, b, alike))
  if (claim.kind === 'list' && truth.kind === 'list' && claim.open !== '' && sameBrackets(claim, truth))
    return inOrder(claim.items, truth.items, alike)
  const [claimed, wanted] = [itemsOf(claim), itemsOf(truth)]
  if (claimed && wanted && [claim, truth].some(({ kind }) => kind === 'set' || kind === 'list')) {
    const order = orderAsked(task.question)
    const several = claimed.length > 1 || wanted.length > 1
    const anyOrder = order === 'unsaid' ? claim.kind === 'set' || truth.kind === 'set' : order === 'any'
    if (several && !anyOrder) return inOrder(claimed, wanted, alike)
    const distinct = task.tolerance === null && isSet(claim) && isSet(truth)
    return distinct ? covered(claimed, wanted, alike) : matched(claimed, wanted, alike)
  }
  if (claim.kind === 'joined' && truth.kind === 'joined' && claim.by === truth.by)
    return sameRegion(asRegion(claim), asRegion(truth)) || matched(claim.parts, truth.parts, alike)
  const oneIsPoint = (claim.kind === 'list') !== (truth.kind === 'list') && asksForPoint(task.question)
  return (!oneIsPoint && sameRegion(asRegion(claim), asRegion(truth))) || sameRelation(claim, truth)
}

/** In braces, where it says nothing that an item is there twice. */
const isSet = (of: Mathematics): boolean => of.kind === 'set' && !of.spoken

function sameValue(claim: Expression, truth: Expression, { tolerance }: AnswerKey): boolean {
  return tolerance === null ? equalValues(claim, truth) : near(claim, truth, tolerance)
}

type List = Extract<Mathematics, { kind: 'list' }>
const sameBrackets = (a: List, b: List): boolean => a.open === b.open && a.close === b.close

/** What may stand for a set: one value is the set of it, a list without brackets the set of its items. */
function itemsOf(of: Mathematics): Mathematics[] | null {
  if (of.kind === 'set') return of.items
  if (of.kind === 'list' && of.open === '' && of.close === '') return of.items
  return of.kind === 'value' || of.kind === 'labelled' ? [of] : null
}

function inOrder<T>(a: T[], b: T[], alike: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, index) => alike(item, b[index] ?? item))
}

/** Each of one is one of the other, and the other way round. */
const covered = <T>(a: T[], b: T[], alike: (a: T, b: T) => boolean): boolean =>
  a.every(item => b.some(other => alike(item, other))) && b.every(item => a.some(other => alike(other, item)))

/** Each of one is another of the other: one answer never stands for two that are near. */
function matched<T>(a: T[], b: T[], alike: (a: T, b: T) => boolean): boolean {
  const taken = new Map<number, number>()
  function place(index: number, seen: Set<number>): boolean {
    return b.some((other, at) => {
      const item = a[index]
      if (seen.has(at) || item === undefined || !alike(item, other)) return false
      seen.add(at)
      const holder = taken.get(at)
      if (holder !== undefined && !place(holder, seen)) return false
      taken.set(at, index)
      return true
    })
  }
  return a.length === b.length && a.every((_, index) => place(index, new Set()))
}
