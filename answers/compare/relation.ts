import type { Expression } from '../reading/expression.ts'
import type { Mathematics, Sign } from '../reading/mathematics.ts'
import { unknowns } from './evaluate.ts'
import { equalValues, proportional } from './sampled.ts'

type Relation = Extract<Mathematics, { kind: 'relation' }>

/** The expression that is compared with zero, so that a relation does not depend on its arrangement. */
interface Difference {
  sign: '=' | '!=' | '>' | '>='
  of: Expression
}

/**
 * Equations and inequalities that are the same up to a factor that is not zero. A solved one, `x = 5`, is not the same
 * as one that is still to be solved, `2x = 10`. A chain, `2 + 3 = 5`, stands for a value if each side is it.
 */
export function sameRelation(claim: Mathematics, truth: Mathematics): boolean {
  if (claim.kind === 'value' || truth.kind === 'value') return sameChain(claim, truth)
  const [a, b] = [difference(claim), difference(truth)]
  if (!a || !b || a.sign !== b.sign) return false
  if (a.sign === '=' && isSolved(claim) !== isSolved(truth)) return false
  return proportional(a.of, b.of, a.sign.startsWith('>'))
}

function sameChain(claim: Mathematics, truth: Mathematics): boolean {
  const [value, chain] = claim.kind === 'value' ? [claim, truth] : [truth, claim]
  if (value.kind !== 'value' || chain.kind !== 'relation') return false
  return chain.signs.every(sign => sign === '=') && chain.sides.every(side => equalValues(side, value.value))
}

/** `x = 5`: a name, and what it is without any. */
const isSolved = (of: Mathematics): boolean =>
  of.kind === 'labelled' && of.body.kind === 'value' && unknowns(of.body.value).length === 0

function difference(of: Mathematics): Difference | null {
  const relation = asRelation(of)
  const [sign, ...more] = relation?.signs ?? []
  const [left, right] = relation?.sides ?? []
  if (!sign || !left || !right || more.length > 0) return null
  if (unknowns(left).length + unknowns(right).length === 0) return null
  const turned = sign.startsWith('<')
  return { sign: upward(sign), of: turned ? minus(right, left) : minus(left, right) }
}

function upward(sign: Sign): Difference['sign'] {
  return sign === '<' ? '>' : sign === '<=' ? '>=' : sign
}

/** `y = 2x` is read as a name with its value, and is an equation all the same; `f(x) = 2x` only names. */
function asRelation(of: Mathematics): Relation | null {
  if (of.kind === 'relation') return of
  if (of.kind !== 'labelled' || of.body.kind !== 'value' || of.label.includes('(')) return null
  return { kind: 'relation', signs: ['='], sides: [{ kind: 'name', name: of.label }, of.body.value] }
}

const minus = (left: Expression, right: Expression): Expression => ({
  kind: 'apply',
  operator: '+',
  to: [left, { kind: 'apply', operator: 'neg', to: [right] }],
})
