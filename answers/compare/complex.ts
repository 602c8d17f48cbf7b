import { Decimal as Decimals } from 'decimal.js'

/** 60 digits, so that what is left of a sum tells rounding (below 10^-42 of its parts) from a number (above 10^-18). */
export const Decimal = Decimals.clone({ precision: 60, defaults: true })
export type Decimal = Decimals
const rounding = new Decimal('1e-42')
const smallest = new Decimal('1e-18')
const largest = 10_000

/** A number that these digits cannot tell from another: nothing is decided. */
export class Undecided extends Error {
  override name = 'Undecided'
}

export interface Complex {
  re: Decimal
  im: Decimal
}

const nought = new Decimal(0)
const one = new Decimal(1)
export const pi = Decimal.acos(-1)
const euler = Decimal.exp(1)

export const real = (re: Decimal): Complex => ({ re, im: nought })
export const zero = real(nought)
export const constants: Record<string, Complex> = {
  pi: real(pi),
  e: real(euler),
  i: { re: nought, im: one },
}

export const isZero = ({ re, im }: Complex): boolean => re.isZero() && im.isZero()
export const isReal = ({ im }: Complex): boolean => im.isZero()
export const modulus = ({ re, im }: Complex): Decimal => (im.isZero() ? re.abs() : Decimal.hypot(re, im))

/** The only door out of every operation: nothing infinite, nothing huge, no rounding taken for a number. */
function sound({ re, im }: Complex): Complex {
  for (const part of [re, im]) if (!part.isFinite() || Math.abs(part.e) > largest) throw new Undecided()
  const whole = re.abs().gt(im.abs()) ? re.abs() : im.abs()
  return { re: kept(re, whole), im: kept(im, whole) }
}

/** A part next to what it is a part of, or is left of. */
function kept(part: Decimal, whole: Decimal): Decimal {
  // Decimals have a -0, which would put a root or a logarithm on the other side of its branch.
  if (part.isZero()) return nought
  if (part.abs().gte(whole.times(smallest))) return part
  if (part.abs().lte(whole.times(rounding))) return nought
  throw new Undecided()
}

export function plus(a: Complex, b: Complex): Complex {
  if (isZero(a) || isZero(b)) return isZero(a) ? b : a
  const [small, large] = [modulus(a), modulus(b)].sort((x, y) => x.comparedTo(y))
  // A part that the other swallows would make 2^999 + 1 the same as 2^999.
  if (!small || !large || small.lt(large.times(smallest))) throw new Undecided()
  const sum = { re: a.re.plus(b.re), im: a.im.plus(b.im) }
  return sound({ re: kept(sum.re, large), im: kept(sum.im, large) })
}

export const negated = ({ re, im }: Complex): Complex => sound({ re: re.neg(), im: im.neg() })
export const minus = (a: Complex, b: Complex): Complex => plus(a, negated(b))

export const times = (a: Complex, b: Complex): Complex =>
  isReal(a) && isReal(b)
    ? sound(real(a.re.times(b.re)))
    : sound({
        re: a.re.times(b.re).minus(a.im.times(b.im)),
        im: a.re.times(b.im).plus(a.im.times(b.re)),
      })

export function over(a: Complex, b: Complex): Complex {
  if (isZero(b)) throw new Undecided()
  if (isReal(b)) return sound({ re: a.re.div(b.re), im: a.im.div(b.re) })
  const size = b.re.times(b.re).plus(b.im.times(b.im))
  const product = times(a, { re: b.re, im: b.im.neg() })
  return sound({ re: product.re.div(size), im: product.im.div(size) })
}

export function exp({ re, im }: Complex): Complex {
  if (re.abs().gt(largest)) throw new Undecided()
  const size = apart(re.exp(), one, re.isZero())
  return im.isZero() ? sound(real(size)) : sound({ re: size.times(cosine(im)), im: size.times(sine(im)) })
}

/** What comes so near to a limit that it would be rounded to it is not decided, unless it is `there`. */
function apart(value: Decimal, limit: Decimal, there: boolean): Decimal {
  if (!there && value.minus(limit).abs().lt(smallest)) throw new Undecided()
  return value
}

/** The angle whose tangent is a real number. */
export const arctan = (of: Decimal): Decimal => {
  const angle = of.atan()
  apart(angle.abs(), pi.div(2), false)
  return angle
}

function squareRoot(of: Decimal): Complex {
  const size = of.abs().sqrt()
  return sound(of.isNegative() ? { re: nought, im: size } : real(size))
}

const sine = (angle: Decimal): Decimal => kept(known(angle).sin(), Decimal.min(one, angle.abs()))

function cosine(angle: Decimal): Decimal {
  const value = kept(known(angle).cos(), one)
  const flat = angle.isZero() || angle.sin().abs().lte(rounding)
  return value.isNegative() ? value : apart(value, one, flat)
}

/** An angle small enough that its digits after the point are known. */
function known(angle: Decimal): Decimal {
  if (angle.abs().gt(1e9)) throw new Undecided()
  return angle
}

/** The principal branch. */
export function ln(of: Complex): Complex {
  if (isZero(of)) throw new Undecided()
  return sound({ re: kept(modulus(of).ln(), one), im: Decimal.atan2(of.im, of.re) })
}

/** The principal branch. Whole powers of anything are exact in sign. */
export function power(base: Complex, exponent: Complex): Complex {
  if (isReal(exponent) && exponent.re.isInteger()) return wholePower(base, exponent.re)
  if (isZero(base)) {
    if (isReal(exponent) && exponent.re.isPositive()) return zero
    throw new Undecided()
  }
  if (isReal(base) && isReal(exponent) && base.re.isPositive()) return realPower(base.re, exponent.re)
  return exp(times(exponent, ln(base)))
}

function realPower(base: Decimal, exponent: Decimal): Complex {
  if (
    exponent
      .times(base.e === 0 ? 1 : base.e)
      .abs()
      .gt(largest)
  )
    throw new Undecided()
  return sound(real(apart(base.pow(exponent), one, base.eq(1) || exponent.isZero())))
}

function wholePower(base: Complex, exponent: Decimal): Complex {
  if (isZero(base) && !exponent.gt(0)) throw new Undecided()
  if (exponent.abs().gt(largest)) throw new Undecided()
  let [result, square] = [real(one), base]
  for (let left = exponent.abs().toNumber(); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = times(result, square)
    if (left > 1) square = times(square, square)
  }
  return exponent.isNegative() ? over(real(one), result) : result
}

/** The real root where there is one, else the principal. */
export function root(of: Complex, degree: Complex): Complex {
  const odd = isReal(degree) && degree.re.isInteger() && degree.re.mod(2).abs().eq(1)
  if (isReal(of) && isReal(degree) && degree.re.eq(2)) return squareRoot(of.re)
  const inverse = over(real(one), degree)
  return odd && isReal(of) && of.re.isNegative() ? negated(power(negated(of), inverse)) : power(of, inverse)
}

export function sin({ re, im }: Complex): Complex {
  if (im.isZero()) return sound(real(sine(re)))
  if (im.abs().gt(largest)) throw new Undecided()
  return sound({ re: sine(re).times(im.cosh()), im: cosine(re).times(im.sinh()) })
}

export const cos = (of: Complex): Complex =>
  isReal(of) ? sound(real(cosine(of.re))) : sin(plus(of, real(pi.div(2))))
