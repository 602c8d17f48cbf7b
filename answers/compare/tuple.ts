import { bare } from '../reading/plain.ts'
import { quantity } from './quantity.ts'
import type { Rational } from './rational.ts'
import { asUnits, stem } from './units.ts'

/** Numbers in order, and the bracket around them, if any. */
export interface Tuple {
  bracket: string
  values: Rational[]
}

const separator = /\s*(?:[,;]\s*(?:and\s)?|&|\b(?:and|by)\b|(?<=\d)\s*[x×]\s*(?=\d)|\s[x×]\s)\s*/i

/** Read `(5,6)`, `5, 6`, `5x6`, `5 by 6` or `5 and 6`: two numbers or more without units; null for anything else. */
export function tuple(text: string): Tuple | null {
  const { bracket, items } = split(text)
  const values = items.map(plainNumber)
  return items.length >= 2 && values.every(value => value !== null) ? { bracket, values } : null
}

function split(text: string): { bracket: string; items: string[] } {
  const inner = bare(text)
  const match = /^(?:(\()(.+)\)|(\[)(.+)\]|(\{)(.+)\})$/.exec(inner)
  const items = (match?.[2] ?? match?.[4] ?? match?.[6] ?? inner).split(separator)
  return { bracket: match?.[1] ?? match?.[3] ?? match?.[5] ?? '', items }
}

function plainNumber(item: string): Rational | null {
  const number = /^[+-]?[\d.]/.test(item) ? quantity(item) : null
  return number && number.units.length === 0 ? number.value : null
}

/** Read `5 rows and 6 columns` or `columns: 6, rows: 5`, put into the order in which the question names them. */
export function labelledTuple(text: string, question: string): Tuple | null {
  const items = split(text).items.map(label)
  const names = asUnits(question).map(word => word.name)
  const known = items.filter(item => item !== null)
  const first = known.map(item => names.indexOf(item.name))
  const last = known.map(item => names.lastIndexOf(item.name))
  if (known.length !== items.length || known.length < 2 || first.includes(-1)) return null
  if (new Set(first).size < first.length || !sameOrder(first, last)) return null
  const sorted = known.map((item, index) => ({ ...item, place: first[index] ?? 0 }))
  return { bracket: '', values: sorted.sort((a, b) => a.place - b.place).map(item => item.value) }
}

function label(item: string): { name: string; value: Rational } | null {
  const match = /^(\d+) (\p{L}+)$/u.exec(item) ?? /^(?<name>\p{L}+)\s?[:=]?\s?(?<number>\d+)$/u.exec(item)
  const value = plainNumber(match?.groups?.number ?? match?.[1] ?? '')
  const name = stem((match?.groups?.name ?? match?.[2] ?? '').toLowerCase())
  return value && name ? { name, value } : null
}

/** A question that names them first in one order and then in another does not say which is meant. */
const sameOrder = (a: number[], b: number[]): boolean =>
  a.every((_, i) => a.every((_, j) => (a[i] ?? 0) < (a[j] ?? 0) === (b[i] ?? 0) < (b[j] ?? 0)))
