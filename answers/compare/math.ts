import type { Expression } from '../reading/expression.ts'
import { type Mathematics, mathematics } from '../reading/mathematics.ts'
import { bare } from '../reading/plain.ts'
import { Undecided } from './complex.ts'
import { type AnswerKey, type Compare, noTruth, right, wrong } from './key.ts'
import { asRegion, sameRegion } from './region.ts'
import { sameRelation } from './relation.ts'
import { equalValues, near } from './sampled.ts'

/**
 * Mathematics by what it means: values by calculation, sets in any order, tuples, intervals and matrices part by part,
 * equations and inequalities up to a factor. An exact answer is not a rounded one, unless the task has a tolerance.
 */
export const compareMath: Compare = (given, task) => {
  if (written(given) === written(task.answer)) return right
  const truth = mathematics(task.answer)
  if (!truth) return noTruth(task, 'cannot be read as mathematics')
  const claim = mathematics(given)
  if (!claim) return wrong(given, task, 'not_math')
  try {
    return same(...unlabelled(inDegrees(claim, truth, task), truth, task), task) ? right : wrong(given, task)
  } catch (error) {
    if (error instanceof Undecided) return wrong(given, task, 'undecided')
    throw error
  }
}

/** Without spaces, but for those that end a name: `\\sin h` is not `\\sinh`. */
const written = (text: string): string => bare(text).replace(/ ?([^\w\s\\]) ?| (?=\\)/g, '$1')

type Pair = [claim: Mathematics, truth: Mathematics]

/** `x = 5` for `5` where the question asks for x; `5` for `x = 5`. */
function unlabelled(claim: Mathematics, truth: Mathematics, { question }: AnswerKey): Pair {
  if (truth.kind === 'labelled' && claim.kind !== 'labelled' && claim.kind !== 'relation')
    return [claim, truth.body]
  if (claim.kind !== 'labelled' || truth.kind === 'labelled' || truth.kind === 'relation')
    return [claim, truth]
  return asksFor(claim.label, question) ? [claim.body, truth] : [claim, truth]
}

/** Whether a question asks for what a label names: another unknown of the question may have another value. */
function asksFor(label: string, question: string): boolean {
  const letters = bare(question).match(/(?<![A-Za-z\\'])[b-zB-HJ-Z](?![A-Za-z'])/g) ?? []
  if (/\bsol(?:ve|utions?)\b/i.test(question) && new Set(letters).size === 1 && letters[0] === label)
    return true
  const name = label.replace(/[()_]/g, '\\$&')
  const asking = String.raw`\b(?:find|solve for|value of|values of|determine|compute|calculate|evaluate|what is|what are|express)`
  return new RegExp(String.raw`${asking}\s+(?:all )?\$?\\?${name}(?![\w(]|\s*[+*/^-])`, 'i').test(
    bare(question),
  )
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
  const [has, needs] = [isDegrees(claim.value), isDegrees(truth.value)]
  if (has === needs) return claim
  return { kind: 'value', value: needs ? degrees(claim.value) : withoutDegrees(claim.value) }
}

const isDegrees = (of: Expression): boolean => of.kind === 'apply' && of.operator === '°'
const degrees = (of: Expression): Expression => ({ kind: 'apply', operator: '°', to: [of] })
const withoutDegrees = (of: Expression): Expression => (of.kind === 'apply' ? (of.to[0] ?? of) : of)

function same(claim: Mathematics, truth: Mathematics, task: AnswerKey): boolean {
  const alike = (a: Mathematics, b: Mathematics) => same(a, b, task)
  if (claim.kind === 'value' && truth.kind === 'value') return sameValue(claim.value, truth.value, task)
  if (claim.kind === 'labelled' && truth.kind === 'labelled' && claim.label === truth.label)
    return alike(claim.body, truth.body)
  if (claim.kind === 'matrix' && truth.kind === 'matrix')
    return inOrder(claim.rows, truth.rows, (a, b) => inOrder(a, b, alike))
  if (claim.kind === 'list' && truth.kind === 'list' && sameBrackets(claim, truth))
    return inOrder(claim.items, truth.items, alike)
  const sets = [claim, truth].map(itemsOf)
  const [claimed, wanted] = sets
  if (claimed && wanted && (claim.kind === 'set' || truth.kind === 'set'))
    return inAnyOrder(claimed, wanted, alike)
  return sameRegion(asRegion(claim), asRegion(truth)) || sameRelation(claim, truth)
}

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
const inAnyOrder = <T>(a: T[], b: T[], alike: (a: T, b: T) => boolean): boolean =>
  a.every(item => b.some(other => alike(item, other))) && b.every(item => a.some(other => alike(other, item)))
