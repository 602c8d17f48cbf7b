import type { Expression } from '../../tasks/reading/expression.ts'
import { type Complex, Decimal, isReal, isZero, minus, over, real, Undecided } from './complex.ts'
import { anyBase, evaluate, type Point, unknowns } from './evaluate.ts'

const mostUnknowns = 12
/** How large the unknowns are. The later ones find where |x - 10| and 10 - x part; large powers may fail there. */
const scales = [0.3, 1, 1, 1, 10, 100, 1e3, 1e5, 1e7]
/** At so many points both must have a value: a function with a narrow domain has none at large scales. */
const needed = 4

/**
 * Whether two expressions have the same value, by calculation at seeded points on both sides of zero. Throws
 * `Undecided` where too few points have a value that 80 digits can hold.
 */
export function equalValues(a: Expression, b: Expression): boolean {
  return everywhere([a, b], ([x, y]) => isZero(minus(x, y)))
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
  const [x, y] = [evaluate(a, new Map()), evaluate(b, new Map())]
  if (!isReal(x) || !isReal(y)) return isZero(minus(x, y))
  return minus(x, y).re.abs().lte(y.re.abs().times(tolerance))
}

type Pair = [Complex, Complex]

function everywhere([a, b]: [Expression, Expression], holds: (values: Pair) => boolean): boolean {
  const names = [...new Set([...unknowns(a), ...unknowns(b)])].sort()
  if (names.length > mostUnknowns) throw new Undecided()
  let decided = 0
  for (const point of points(names)) {
    const held = decision(() => holds([evaluate(a, point), evaluate(b, point)]))
    if (held === false) return false
    decided += held === null ? 0 : 1
  }
  if (decided < (names.length === 0 ? 1 : needed)) throw new Undecided()
  return true
}

function decision(decide: () => boolean): boolean | null {
  try {
    return decide()
  } catch (error) {
    if (error instanceof Undecided) return null
    throw error
  }
}

/** Each scale twice, with every sign turned round. Without unknowns there is only one. */
function* points(names: string[]): Generator<Point> {
  if (names.length === 0) return yield new Map()
  const chance = generator()
  for (const scale of scales) {
    const drawn = names.map((name): [string, number] => [name, draw(chance, scale)])
    for (const turn of [1, -1])
      yield new Map(drawn.map(([name, value]) => [name, real(new Decimal(drawnFor(name, value * turn)))]))
  }
}

/** The base of a logarithm is above 1. */
const drawnFor = (name: string, drawn: number): number => (name === anyBase ? Math.abs(drawn) + 1 : drawn)

const draw = (chance: () => number, scale: number): number =>
  (chance() < 0.5 ? -1 : 1) * scale * (0.3 + 2 * chance())

/** Mulberry32, from one seed: the same points in every run. */
function generator(): () => number {
  let state = 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
