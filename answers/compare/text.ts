import { inDigits } from '../../words/number-words.ts'
import { bare, keyOf } from '../reading/plain.ts'
import { type AnswerKey, type Compare, right, unlike, wrong } from './key.ts'
import { quantity } from './quantity.ts'
import { distance, fromNumber, multiplied, order, type Rational, size } from './rational.ts'
import { labelledTuple, type Tuple, tuple } from './tuple.ts'
import { fitOf } from './unit-fit.ts'
import { unitWords } from './units.ts'

/**
 * The same words, whatever the case, quotes, punctuation around them and accents. Pairs of numbers are compared as
 * pairs; a number within a text (`left 2679`) may have thousands separators and its unit. Other words may still mean
 * the same, which is not decided here.
 */
export const compareText: Compare = (given, task) => {
  const same = folded(given) === folded(task.answer) || sameTuple(given, task) || sameTokens(given, task)
  if (same) return right(given, task)
  return couldMean(given, task.answer) ? unlike(given, task) : wrong(given, task)
}

/** Only words can be said in other words: symbols and numbers cannot. */
const couldMean = (given: string, truth: string): boolean =>
  /\p{L}{2}/u.test(`${bare(truth)} ${bare(given)}`) && digitsIn(given) === digitsIn(truth)
const digitsIn = (text: string): string => (inDigits(bare(text)).match(/-?\d+(?:[.,:]\d+)*/g) ?? []).join(' ')

/** The form in which words are compared. Accents are dropped from them, but not from symbols such as x̄. */
export const folded = (text: string): string =>
  keyOf(text)
    .replace(/(?<=\p{L})_(?=\d)/gu, '')
    .replace(/[\p{Script=Latin}\p{M}]{3,}/gu, word => word.normalize('NFD').replace(/\p{M}/gu, ''))

function sameTuple(given: string, task: AnswerKey): boolean {
  const truth = quantity(task.answer) ? null : tuple(task.answer)
  if (!truth) return false
  const claim = tuple(given) ?? labelledTuple(given, task.question)
  return claim !== null && sameShape(claim, truth) && sameValues(claim, truth, task)
}

/** `5, 6` may stand for `(5,6)`; `[5,6]` may not: it could be another interval. */
const sameShape = (a: Tuple, b: Tuple): boolean =>
  a.values.length === b.values.length && (a.bracket === b.bracket || a.bracket === '' || b.bracket === '')

const sameValues = (claim: Tuple, truth: Tuple, task: AnswerKey): boolean =>
  truth.values.every((value, index) => {
    const claimed = claim.values[index]
    return claimed !== undefined && close(claimed, value, task)
  })

const close = (claim: Rational, truth: Rational, { tolerance }: AnswerKey): boolean =>
  order(distance(claim, truth), multiplied(size(truth), fromNumber(tolerance ?? 0))) <= 0

const number = /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/

const tokens = (text: string): string[] =>
  folded(text)
    .replace(/(?<=\s)\((-?\d[\d.,]*)\)/g, '$1')
    .replace(/\bby (?=-?\d)/g, '')
    .split(/[,:;]?\s+/)

function sameTokens(given: string, task: AnswerKey): boolean {
  const [claim, truth] = [tokens(given), tokens(task.answer)]
  const same = truth.every((token, index) => sameToken(claim[index] ?? '', token, task))
  return same && unitAtEnd(claim.slice(truth.length), truth, task.question)
}

/** Digit by digit, since 3.1 and 3.10 may be two versions; by value only where the task has a tolerance. */
function sameToken(claim: string, truth: string, task: AnswerKey): boolean {
  if (!number.test(truth)) return claim === truth
  if (!number.test(claim)) return false
  const [a, b] = [quantity(claim), quantity(truth)]
  if (task.tolerance !== null && a && b) return close(a.value, b.value, task)
  return claim.replaceAll(',', '') === truth.replaceAll(',', '')
}

function unitAtEnd(rest: string[], truth: string[], question: string): boolean {
  if (rest.length === 0) return true
  const units = unitWords(rest.join(' '))
  const known = units?.every(unit => unit.dimension !== null) ?? false
  const last = quantity(truth.at(-1) ?? '')
  const fit = known && last && number.test(truth.at(-1) ?? '') ? fitOf(units ?? [], last, question) : null
  // A number within a text is not converted.
  return fit?.kind === 'fits' && fit.factor.n === fit.factor.d
}
