import type { LogicalType, SchemaElement, TimeUnit } from 'hyparquet'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { AmbiguousJson, exactJson } from '../exact-json.ts'
import { decimalOf, doubleOf, halfOf, nanosOf, shortest } from './numbers.ts'
import { clockText, dateText, durationText, intervalText, timestampText } from './times.ts'

/** A value as it is stored, null aside. */
type Stored = number | bigint | boolean | Uint8Array

/** What a stored value means. One that has none here becomes an Error that says why. */
export type Conversion = (stored: Stored) => unknown

/** The unit of a length of time. Parquet has no type for it: Arrow keeps it beside. */
export type DurationUnit = TimeUnit | 'SECONDS'

/** What the values of a column mean, by the type that the file gives it. */
export function conversionOf(element: SchemaElement, duration: DurationUnit | undefined): Conversion {
  if (duration) return count => durationText(BigInt(count as bigint), duration)
  const type = element.logical_type ?? olderType(element)
  return (type && byType(type, element)) ?? stored[element.type ?? 'BYTE_ARRAY']
}

const stored: Record<NonNullable<SchemaElement['type']>, Conversion> = {
  BOOLEAN: value => value,
  INT32: value => value,
  INT64: value => value,
  INT96: value => timestampText(nanosOf(value as bigint), 'NANOS', false),
  FLOAT: value => shortest(value as number, Math.fround),
  DOUBLE: value => doubleOf(value as number),
  BYTE_ARRAY: value => bytesOf(value),
  FIXED_LEN_BYTE_ARRAY: value => bytesOf(value),
}

/** A copy: the page that a value lies in is not to be kept for its sake. */
const bytesOf = (value: Stored): Uint8Array => (value as Uint8Array).slice()

type Annotation = LogicalType | { type: 'INTERVAL' }

function byType(type: Annotation, { type: physical, scale = 0 }: SchemaElement): Conversion | undefined {
  switch (type.type) {
    case 'STRING':
    case 'ENUM':
      return value => textOf(value as Uint8Array)
    case 'JSON':
      return value => jsonOf(value as Uint8Array)
    case 'UUID':
      return value => DEFAULT_PARSERS.uuidFromBytes(value as Uint8Array)
    case 'DECIMAL':
      return value => decimalOf(value as number, type.scale ?? scale)
    case 'FLOAT16':
      return value => shortest(halfOf(value as Uint8Array), Math.f16round)
    case 'INTEGER':
      return type.isSigned ? undefined : unsigned(physical)
    case 'DATE':
      return value => dateText(value as number)
    case 'TIME':
      return value => clockText(BigInt(value as bigint), type.unit, type.isAdjustedToUTC)
    case 'TIMESTAMP':
      return value => timestampText(BigInt(value as bigint), type.unit, type.isAdjustedToUTC)
    case 'INTERVAL':
      return value => intervalText(value as Uint8Array)
    case 'GEOMETRY':
    case 'GEOGRAPHY':
      return value => DEFAULT_PARSERS.geometryFromBytes(value as Uint8Array)
    case 'NULL':
      return () => null
    default:
      return undefined
  }
}

const unsigned = (physical: SchemaElement['type']): Conversion =>
  physical === 'INT64' ? value => BigInt.asUintN(64, value as bigint) : value => (value as number) >>> 0

/** What the annotations of before there were logical types say (https://parquet.apache.org/docs/file-format/types/). */
function olderType({
  converted_type: older,
  scale = 0,
  precision = 0,
}: SchemaElement): Annotation | undefined {
  const [, kind, unit] = /^(TIME|TIMESTAMP)_(MILLIS|MICROS)$/.exec(older ?? '') ?? []
  if (kind) return { type: kind as 'TIME', unit: unit as TimeUnit, isAdjustedToUTC: true }
  if (older === 'UTF8') return { type: 'STRING' }
  if (older === 'DECIMAL') return { type: 'DECIMAL', scale, precision }
  if (/^UINT_/.test(older ?? '')) return { type: 'INTEGER', bitWidth: 0, isSigned: false }
  const same = ['ENUM', 'DATE', 'JSON', 'INTERVAL'] as const
  const type = same.find(name => name === older)
  return type && { type }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes that are not UTF-8 stay bytes, so that the field they are in refuses them by name. */
function textOf(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytesOf(bytes)
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  const text = textOf(bytes)
  try {
    return typeof text === 'string' ? exactJson(text) : text
  } catch (error) {
    if (error instanceof AmbiguousJson) return new Error(error.message)
    return new Error('is not JSON; correct the row or write the column as text')
  }
}
