import type { Expression } from '../reading/expression.ts'
import { type Mathematics, mathematics } from '../reading/mathematics.ts'
import { bare } from '../reading/plain.ts'
import { asksForPoint, orderAsked } from '../reading/question.ts'
import { Undecided } from './complex.ts'
import { type AnswerKey, type Compare, noTruth, right, wrong } from './key.ts'
import { hasName, paired, unlabelled, unnamed } from './labels.ts'
import { fromNumber } from './rational.ts'
import { asRegion, sameRegion } from './region.ts'
import { sameRelation } from './relation.ts'
import { equalValues, near } from './sampled.ts'
import { OutOfSteps, withinSteps } from './steps.ts'
import { fitOf } from './unit-fit.ts'
import { asUnits } from './units.ts'
import { asWanted, isPercentage, withoutUnit } from './wanted.ts'

/**
 * Mathematics by what it means: values by calculation, sets in any order, tuples, intervals and matrices part by part,
 * equations and inequalities up to a factor. An exact answer is not a rounded one, unless the task has a tolerance. The
 * question says whether several answers have an order, and in which unit a number is.
 */
export const compareMath: Compare = (given, task) => {
  const named = unnamed(task.answer)
  if ([task.answer, named].some(answer => written(given) === written(answer))) return right(given, task)
  const [claim, truth] = [withoutUnit(given, task), withoutUnit(named, task)]
  const wanted = mathematics(truth.text)
  if (!wanted) return noTruth(task, 'cannot be read as mathematics')
  const said = (hasName(wanted) ? null : unlabelled(claim.text, task.question)) ?? mathematics(claim.text)
  if (!said) return wrong(given, task, 'not_math')
  const units = isPercentage(wanted) ? asUnits('%') : truth.units
  const fit = fitOf(claim.units, { value: fromNumber(2), units }, task.question)
  if (fit.kind !== 'fits') return wrong(given, task, fit.kind)
  if (claim.power !== undefined && truth.power !== undefined && claim.power !== truth.power)
    return wrong(given, task, 'other_unit')
  const sameAs = () =>
    sameMathematics(...paired(asWanted(said, wanted, fit.factor, task), wanted, task), task)
  try {
    return withinSteps(mostSteps, sameAs) ? right(given, task) : wrong(given, task)
  } catch (error) {
    if (error instanceof Undecided || error instanceof OutOfSteps) return wrong(given, task, 'undecided')
    throw error
  }
}

/** Whether an answer can be compared as mathematics. */
export const isMathematics = (answer: string): boolean =>
  mathematics(withoutUnit(unnamed(answer), { question: '', answer }).text) !== null

/** About a tenth of a second. */
const mostSteps = 10_000

/**
 * Without spaces, but for those that end a name, as `\\sin h` is not `\\sinh`, and for those between two numbers, as
 * `1, 234` is not `1,234`.
 */
const written = (text: string): string => bare(text).replace(/ ?(?!,(?= ?\d))([^\w\s\\]) ?| (?=\\)/g, '$1')

function sameMathematics(claim: Mathematics, truth: Mathematics, task: AnswerKey): boolean {
  const alike = (a: Mathematics, b: Mathematics) => sameMathematics(a, b, task)
  if (claim.kind === 'value' && truth.kind === 'value') return sameValue(claim.value, truth.value, task)
  if (claim.kind === 'labelled' && truth.kind === 'labelled' && claim.label === truth.label)
    return alike(claim.body, truth.body)
  if (claim.kind === 'matrix' && truth.kind === 'matrix')
    return inOrder(claim.rows, truth.rows, (a, b) => inOrder(a, b, alike))
  if (claim.kind === 'list' && truth.kind === 'list' && claim.open !== '' && sameBrackets(claim, truth))
    return inOrder(claim.items, truth.items, alike)
  if (
    claim.kind === 'list' &&
    truth.kind === 'list' &&
    (isTuple(claim, truth, task) || isTuple(truth, claim, task))
  )
    return inOrder(claim.items, truth.items, alike)
  const [claimed, wanted] = [itemsOf(claim), itemsOf(truth)]
  if (claimed && wanted && [claim, truth].some(({ kind }) => kind === 'set' || kind === 'list')) {
    const order = orderAsked(task.question)
    const several = claimed.length > 1 || wanted.length > 1
    const isFree = claim.kind === 'set' || truth.kind === 'set' || [...claimed, ...wanted].every(isBracketed)
    const anyOrder = order === 'unsaid' ? isFree : order === 'any'
    if (several && !anyOrder) return inOrder(claimed, wanted, alike)
    const isOnce = (isSet(claim) && isSet(truth)) || [...claimed, ...wanted].every(isBracketed)
    const distinct = task.tolerance === null && isOnce
    return distinct ? covered(claimed, wanted, alike) : matched(claimed, wanted, alike)
  }
  if (claim.kind === 'joined' && truth.kind === 'joined' && claim.by === truth.by)
    return sameRegion(asRegion(claim), asRegion(truth)) || matched(claim.parts, truth.parts, alike)
  const oneIsPoint = (claim.kind === 'list') !== (truth.kind === 'list') && asksForPoint(task.question)
  return (!oneIsPoint && sameRegion(asRegion(claim), asRegion(truth))) || sameRelation(claim, truth)
}

/** Pairs that are named one after the other are solutions. */
const isBracketed = (of: Mathematics): boolean => of.kind === 'list' && of.open !== ''

/** In braces, where it says nothing that an item is there twice. */
const isSet = (of: Mathematics): boolean => of.kind === 'set' && !of.spoken

function sameValue(claim: Expression, truth: Expression, { tolerance }: AnswerKey): boolean {
  return tolerance === null ? equalValues(claim, truth) : near(claim, truth, tolerance)
}

/** Whether the first is what the second, in round brackets, is without them, and can be no interval. */
function isTuple(bare: List, tuple: List, { question }: AnswerKey): boolean {
  if (bare.open !== '' || tuple.open !== '(' || tuple.close !== ')') return false
  return asksForPoint(question) || asRegion(tuple) === null
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
