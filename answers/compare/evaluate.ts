import type { Expression } from '../reading/expression.ts'
import {
  arctan,
  type Complex,
  constants,
  cos,
  Decimal,
  exp,
  isReal,
  ln,
  minus,
  modulus,
  negated,
  over,
  pi,
  plus,
  power,
  real,
  root,
  sin,
  times,
  Undecided,
} from './complex.ts'
import { fromDecimal } from './rational.ts'
import { spend } from './steps.ts'

/** What the names in an expression stand for. */
export type Point = (name: string) => Complex

const mostDigits = 40
const mostFactors = 500

/** The value of an expression at a point. Throws `Undecided` where it has none that these digits can hold. */
export function evaluate(of: Expression, at: Point): Complex {
  if (of.kind === 'number') return literal(of.digits)
  if (of.kind === 'name') return named(of.name, at)
  const odd = of.operator === '^' ? oddFraction(of.to[1]) : null
  if (odd) spend(costs['^'] ?? 1)
  if (odd && of.to[0]) return power(root(evaluate(of.to[0], at), whole(odd[1])), whole(odd[0]))
  const [first, second] = of.to.map(part => evaluate(part, at))
  const operation = operations[of.operator]
  if (!operation || !first) throw new Undecided()
  spend((costs[of.operator] ?? 40) * ([first, second].every(part => !part || isReal(part)) ? 1 : 4))
  return operation(first, second ?? first, at)
}

function literal(digits: string): Complex {
  if (digits.replace('.', '').length > mostDigits) throw new Undecided()
  return real(new Decimal(digits))
}

function named(name: string, at: Point): Complex {
  return (Object.hasOwn(constants, name) ? constants[name] : undefined) ?? at(name)
}

/** The names that have no value of their own, and the base of a `log` that names none. */
export function unknowns(of: Expression): string[] {
  if (of.kind === 'number') return []
  if (of.kind === 'name') return Object.hasOwn(constants, of.name) ? [] : [of.name]
  const bases = of.operator === 'log' && of.to.length === 1 ? [anyBase] : []
  return [...new Set([...of.to.flatMap(unknowns), ...bases])]
}

/** `log` means another base in every field, so it is compared as a logarithm to some base. */
export const anyBase = 'the base of log'

/** Steps that an operation of real numbers takes, as `steps.ts` counts them. */
const costs: Record<string, number> = {
  ...{ '+': 1, '*': 1, '/': 1, neg: 1, abs: 2, '%': 1, '°': 1, floor: 2, ceil: 2 },
  ...{ '^': 100, root: 100, cbrt: 100, '!': 200, binom: 400, log: 80, lg: 80 },
}

type Operation = (first: Complex, second: Complex, at: Point) => Complex

const one = real(new Decimal(1))
const two = real(new Decimal(2))

const operations: Record<string, Operation> = {
  '+': plus,
  '*': times,
  '/': over,
  '^': power,
  neg: negated,
  root,
  cbrt: of => root(of, real(new Decimal(3))),
  binom: (n, k) => over(factorial(n), times(factorial(k), factorial(minus(n, k)))),
  '!': factorial,
  '%': of => over(of, real(new Decimal(100))),
  '°': of => times(of, real(pi.div(180))),
  abs: of => real(modulus(of)),
  floor: of => real(settled(of).floor()),
  ceil: of => real(settled(of).ceil()),
  exp,
  ln,
  lg: of => over(ln(of), ln(real(new Decimal(10)))),
  log: (of, base, at) => over(ln(of), ln(base === of ? at(anyBase) : base)),
  sin,
  cos,
  tan: of => over(sin(of), cos(of)),
  cot: of => over(cos(of), sin(of)),
  sec: of => over(one, cos(of)),
  csc: of => over(one, sin(of)),
  sinh: of => over(minus(exp(of), exp(negated(of))), two),
  cosh: of => over(plus(exp(of), exp(negated(of))), two),
  tanh: of => over(minus(exp(of), exp(negated(of))), plus(exp(of), exp(negated(of)))),
  arcsin: of => real(onReal(of).asin()),
  arccos: of => real(onReal(of).acos()),
  arctan: of => real(arctan(onReal(of))),
}

function onReal(of: Complex): Decimal {
  if (!isReal(of)) throw new Undecided()
  return of.re
}

/** A real number that is clearly on one side of every whole one, or is one. */
function settled(of: Complex): Decimal {
  const nearest = onReal(of).round()
  const off = minus(of, real(nearest))
  return off.re.isZero() ? nearest : of.re
}

function factorial(of: Complex): Complex {
  const n = onReal(of)
  if (!n.isInteger() || n.isNegative() || n.gt(mostFactors)) throw new Undecided()
  let product = one
  for (let factor = 2; n.gte(factor); factor += 1) product = times(product, real(new Decimal(factor)))
  return product
}

/** `1/3`, `0.2`, `4/5`: powers that have a real value for negative numbers too, however they are written. */
function oddFraction(of: Expression | undefined): [above: bigint, below: bigint] | null {
  const [above = '', below = '1'] =
    of?.kind === 'number'
      ? [of.digits]
      : of?.kind === 'apply' && of.operator === '/'
        ? of.to.map(digitsOf)
        : []
  if (!above || !below || below.includes('.') || above.length + below.length > mostDigits) return null
  const { n, d } = fromDecimal(above)
  const whole = d * BigInt(below)
  const shared = gcd(n, whole)
  if (shared === 0n) return null
  const [top, bottom] = [n / shared, whole / shared]
  return bottom > 1n && bottom % 2n === 1n ? [top, bottom] : null
}

const digitsOf = (of: Expression): string => (of.kind === 'number' ? of.digits : '')
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))
const whole = (value: bigint): Complex => real(new Decimal(String(value)))
