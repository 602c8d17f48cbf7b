import type { Random } from '../random.ts'
import type { TableFile } from './data.ts'

export interface Row {
  label: string
  /** Empty where there is only one. */
  series: string
  value: number
}

/** What one chart shows, and how to speak of it. */
export interface Table {
  file: TableFile
  form: 'bars' | 'lines'
  title: string
  /** As in "the life expectancy of Brazil": measure, then preposition, then label. */
  measure: string
  preposition: string
  /** Title of the value axis. */
  axis: string
  noun: { one: string; many: string }
  rows: Row[]
}

/** A kind of table; chance decides which part of the data it takes. */
export type Family = (chance: Random) => Table

/** Rows of one series. */
export const single = (values: Iterable<readonly [string, number]>): Row[] =>
  [...values].map(([label, value]) => ({ label, series: '', value: readable(value) }))

/** Numbers as a table would print them. */
export const readable = (value: number): number => Number(value.toPrecision(4))

/** Neighbouring items of a list, at most `count` of them. */
export function stretch<T>(chance: Random, list: readonly T[], count: number): T[] {
  const start = chance.integer(0, Math.max(0, list.length - count))
  return list.slice(start, start + count)
}
