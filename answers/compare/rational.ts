/** An exact number, so that no comparison depends on floating point. `d` is positive. */
export interface Rational {
  n: bigint
  d: bigint
}

/** n / d; `d` must be positive. */
export const rational = (n: bigint, d = 1n): Rational => ({ n, d })

/** From digits with an optional decimal point, like `12.50` or `.5`. */
export function fromDecimal(digits: string): Rational {
  const [whole = '', decimals = ''] = digits.split('.')
  return rational(BigInt(`${whole}${decimals}` || '0'), 10n ** BigInt(decimals.length))
}

/** Exactly the number that a finite double is written as. */
export function fromNumber(value: number): Rational {
  const [digits = '0', exponent = '0'] = Math.abs(value).toString().split('e')
  const size = multiplied(fromDecimal(digits), powerOfTen(Number(exponent)))
  return value < 0 ? rational(-size.n, size.d) : size
}

/** 10 to a whole exponent. */
export const powerOfTen = (exponent: number): Rational =>
  exponent < 0 ? rational(1n, 10n ** BigInt(-exponent)) : rational(10n ** BigInt(exponent))

export const multiplied = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d)
export const added = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d)

/** |a - b| */
export function distance(a: Rational, b: Rational): Rational {
  const n = a.n * b.d - b.n * a.d
  return rational(n < 0n ? -n : n, a.d * b.d)
}

export const half = (a: Rational): Rational => rational(a.n, a.d * 2n)
export const size = (a: Rational): Rational => rational(a.n < 0n ? -a.n : a.n, a.d)

/** Negative, zero or positive as a is less than, equal to or more than b. */
export function order(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
