import { Decimal } from 'decimal.js'
import { type WrittenNumber, writtenNumber } from '../../schemas/json.ts'

/** An unscaled integer with a point before its last digits. */
export function decimalOf(stored: number | bigint | Uint8Array, scale: number): number | WrittenNumber {
  const unscaled = stored instanceof Uint8Array ? integerOf(stored) : BigInt(stored)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`
  return writtenNumber(unscaled < 0n ? `-${text}` : text)
}

/** A signed integer, its highest byte first. */
const integerOf = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))

/** A number that fewer bits hold, in the fewest digits that name it among those: 3.14, and not 3.140000104904175. */
export function shortest(value: number, rounded: (value: number) => number): number | WrittenNumber {
  if (value === 0 || !Number.isFinite(value)) return doubleOf(value)
  const digits = [1, 2, 3, 4, 5, 6, 7, 8].find(count => rounded(Number(value.toPrecision(count))) === value)
  return new Decimal(value).toSignificantDigits(digits ?? 9, Decimal.ROUND_HALF_EVEN).toNumber()
}

export const doubleOf = (value: number): number | WrittenNumber =>
  Object.is(value, -0) ? writtenNumber('-0.0') : value

export function halfOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat16(0, true)
}

/** The nanoseconds since 1970 of what older writers keep in 96 bits: nanoseconds of a day, and the day. */
export const nanosOf = (int96: bigint): bigint =>
  ((int96 >> 64n) - 2_440_588n) * 86_400_000_000_000n + (int96 & 0xffff_ffff_ffff_ffffn)
