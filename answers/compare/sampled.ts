import { isDeepStrictEqual } from 'node:util'
import { hashOfWord, mixed } from '../../words/shingles.ts'
import type { Expression } from '../reading/expression.ts'
import { type Complex, Decimal, isReal, isZero, minus, over, real, Undecided } from './complex.ts'
import { anyBase, evaluate, type Point, unknowns } from './evaluate.ts'
import { spend } from './steps.ts'

const mostUnknowns = 12
/** How large the unknowns are. The later ones find where |x - 10| and 10 - x part; large powers may fail there. */
const scales = [0.3, 1, 1, 10, 1e3, 1e6]
/** At so many points both must have a value: a function with a narrow domain has none at large scales. */
const needed = 4

/** Each scale twice, with every sign turned round, the same in every run. */
const points = scales.flatMap((scale, index) => [1, -1].map(sign => pointAt(index, scale * sign)))

/**
 * Whether two expressions have the same value, by calculation at seeded points on both sides of zero. Throws
 * `Undecided` where too few points have a value that these digits can hold.
 */
export function equalValues(a: Expression, b: Expression): boolean {
  return isDeepStrictEqual(a, b) || everywhere([a, b], ([x, y]) => isZero(minus(x, y)))
}

/** Whether a is always the same multiple of b, and that multiple is real, not zero and, if asked, positive. */
export function proportional(a: Expression, b: Expression, positive: boolean): boolean {
  let ratio: Complex | null = null
  const same = everywhere([a, b], ([x, y]) => {
    if (isZero(x) && isZero(y)) return true
    if (isZero(x) || isZero(y)) return false
    const here = over(x, y)
    ratio ??= here
    return isReal(here) && (!positive || here.re.isPositive()) && isZero(minus(here, ratio))
  })
  return same && ratio !== null
}

/** Whether two real constants are no further apart than a share of the second. */
export function near(a: Expression, b: Expression, tolerance: number): boolean {
  if (unknowns(a).length + unknowns(b).length > 0) return equalValues(a, b)
  const [x, y] = [constant(a), constant(b)]
  if (!isReal(x) || !isReal(y)) return isZero(minus(x, y))
  return minus(x, y).re.abs().lte(y.re.abs().times(tolerance))
}

/** The value of an expression without unknowns. */
export const constant = (of: Expression): Complex => valueAt(of, 0) ?? undecided()

const undecided = (): never => {
  throw new Undecided()
}

type Pair = [Complex, Complex]

function everywhere([a, b]: [Expression, Expression], holds: (values: Pair) => boolean): boolean {
  const names = new Set([...unknowns(a), ...unknowns(b)])
  if (names.size > mostUnknowns) throw new Undecided()
  const places = names.size === 0 ? [0] : points.keys()
  let decided = 0
  spend(2)
  for (const place of places) {
    const [x, y] = [valueAt(a, place), valueAt(b, place)]
    const held = x && y && decision(() => holds([x, y]))
    if (held === false) return false
    decided += held === null ? 0 : 1
  }
  if (decided < (names.size === 0 ? 1 : needed)) throw new Undecided()
  return true
}

/** Null where it has none. */
function decision<T>(decide: () => T): T | null {
  try {
    return decide()
  } catch (error) {
    if (error instanceof Undecided) return null
    throw error
  }
}

/** Calculated once, so that comparing each item of a set with each of another costs no more than reading both. */
const calculated = new WeakMap<Expression, Map<number, Complex | null>>()

function valueAt(of: Expression, place: number): Complex | null {
  const known = calculated.get(of) ?? new Map<number, Complex | null>()
  calculated.set(of, known)
  const stored = known.get(place)
  if (stored !== undefined) return stored
  const point = points[place]
  const value = point ? decision(() => evaluate(of, point)) : null
  known.set(place, value)
  return value
}

/** Every name has its own value at every point, whatever expression it stands in. */
function pointAt(index: number, scale: number): Point {
  return name => {
    const drawn = chance(`${index} ${name}`)
    const size = 0.3 + 2 * ((drawn * 2) % 1)
    // The base of a logarithm is above 1.
    return real(new Decimal(name === anyBase ? size + 1 : (drawn < 0.5 ? -size : size) * scale))
  }
}

/** From 0 to 1, spread by what differs in one sign. */
const chance = (text: string): number => mixed(hashOfWord(text)) / 4294967296
