import type { TimeUnit } from 'hyparquet'

/** Digits behind the point of a second. */
const digits: Record<TimeUnit, number> = { MILLIS: 3, MICROS: 6, NANOS: 9 }

/** A point in time as ISO 8601 has it, to the last digit of its unit; with Z where it is one in UTC. */
export function timestampText(count: bigint, unit: TimeUnit, isUtc: boolean): string | Error {
  const [seconds, fraction] = parted(count, unit)
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return new Error('is a time beyond the year 275760; correct the row')
  return `${date.toISOString().slice(0, -'.000Z'.length)}.${fraction}${isUtc ? 'Z' : ''}`
}

export function dateText(days: number): string | Error {
  const date = new Date(days * 86_400_000)
  if (Number.isNaN(date.getTime())) return new Error('is a date beyond the year 275760; correct the row')
  return date.toISOString().slice(0, -'T00:00:00.000Z'.length)
}

/** A time of day. */
export function clockText(count: bigint, unit: TimeUnit, isUtc: boolean): string {
  const [seconds, fraction] = parted(count, unit)
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n]
  return `${parts.map(part => String(part).padStart(2, '0')).join(':')}.${fraction}${isUtc ? 'Z' : ''}`
}

/** A length of time, in seconds: days and hours would be a guess at what was meant. */
export function durationText(count: bigint, unit: TimeUnit | 'SECONDS'): string {
  const sign = count < 0n ? '-' : ''
  const length = count < 0n ? -count : count
  if (unit === 'SECONDS') return `${sign}PT${length}S`
  const [seconds, fraction] = parted(length, unit)
  return `${sign}PT${seconds}.${fraction}S`
}

/** Months, days and milliseconds, each four bytes: none can be counted in another. */
export function intervalText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [months, days, millis] = [0, 4, 8].map(at => view.getUint32(at, true))
  return `P${months}M${days}D${durationText(BigInt(millis ?? 0), 'MILLIS').slice(1)}`
}

/** Whole seconds, rounded down, and the digits that follow. */
function parted(count: bigint, unit: TimeUnit): [seconds: bigint, fraction: string] {
  const perSecond = 10n ** BigInt(digits[unit])
  const rest = ((count % perSecond) + perSecond) % perSecond
  return [(count - rest) / perSecond, String(rest).padStart(digits[unit], '0')]
}
