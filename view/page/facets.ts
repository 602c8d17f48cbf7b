import type { Relations } from './relations.ts'
import type { RowLine } from './row-line.ts'

/** What is known of rows beside their lines. */
export interface RowNotes {
  relations: Relations
  /** The label that counts, by key. */
  labels: ReadonlyMap<string, string>
}

/** Something that rows can be filtered by: it has one value for a row, or several, or none. */
export interface Facet {
  /** In the address. */
  name: string
  /** For people. */
  title: string
  of(row: RowLine, known: RowNotes): readonly (string | null)[]
}

export const facets: readonly Facet[] = [
  { name: 'decision', title: 'Decision', of: ({ kept }) => [kept ? 'kept' : 'dropped'] },
  { name: 'stage', title: 'Dropped by', of: ({ stage }) => [stage] },
  { name: 'reason', title: 'Reason', of: ({ reason }) => [reason] },
  { name: 'failed', title: 'Failed check', of: ({ checks_failed }) => checks_failed },
  { name: 'siblings', title: 'Siblings', of: (row, { relations }) => relations.disagreements(row) },
  { name: 'label', title: 'Label', of: ({ key, label }, { labels }) => [labels.get(key) ?? label] },
  { name: 'category', title: 'Category', of: ({ category }) => [category] },
  { name: 'tool', title: 'Tool', of: ({ tools }) => tools },
  { name: 'teacher', title: 'Teacher', of: ({ teacher }) => [teacher] },
  { name: 'outcome', title: 'Outcome', of: ({ outcome }) => [outcome] },
  { name: 'licence', title: 'Licence', of: ({ licence }) => [licence] },
]

/** How many rows have a value, by facet and value. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>

export interface Filtered {
  rows: RowLine[]
  /** Of each facet's values under what is chosen in all others, so that a number is what a click would give. */
  counts: Counts
}

type Chosen = Readonly<Record<string, readonly string[]>>

/** The rows that all chosen facets let through, and whom `also` takes. */
export function filtered(
  rows: readonly RowLine[],
  chosen: Chosen,
  known: RowNotes,
  also: (row: RowLine) => boolean,
): Filtered {
  const counts = facets.map(() => new Map<string, number>())
  const allowed = facets.map(({ name }) => (chosen[name]?.length ? new Set(chosen[name]) : undefined))
  const shown = rows.filter(row => {
    if (!also(row)) return false
    const values = facets.map(facet => facet.of(row, known))
    const refusing = allowed.flatMap((set, at) =>
      set && !values[at]?.some(value => value !== null && set.has(value)) ? [at] : [],
    )
    for (const [at, all] of values.entries())
      if (refusing.every(other => other === at)) count(counts[at], all)
    return refusing.length === 0
  })
  return { rows: shown, counts: new Map(facets.map(({ name }, at) => [name, counts[at] ?? new Map()])) }
}

function count(counts: Map<string, number> | undefined, values: readonly (string | null)[]): void {
  for (const value of values) if (value !== null) counts?.set(value, (counts.get(value) ?? 0) + 1)
}

export interface Order {
  column: keyof RowLine
  title: string
}

export const orders: readonly Order[] = [
  { column: 'task_id', title: 'Task' },
  { column: 'category', title: 'Category' },
  { column: 'teacher', title: 'Teacher' },
  { column: 'reason', title: 'Reason' },
  { column: 'turns', title: 'Turns' },
  { column: 'calls', title: 'Calls' },
  { column: 'mistakes', title: 'Mistakes' },
  { column: 'output_tokens', title: 'Tokens' },
  { column: 'cost_usd', title: 'Cost' },
  { column: 'task_solved', title: 'Times solved' },
]

/** `sort` as the address has it; rows without the value come last. The order of the file where it names no column. */
export function sorted(rows: RowLine[], sort: string): RowLine[] {
  const order = orders.find(({ column }) => column === sort.replace(/^-/, ''))
  if (!order) return rows
  const sign = sort.startsWith('-') ? -1 : 1
  return rows.toSorted((a, b) => compared(a[order.column], b[order.column], sign))
}

function compared(a: unknown, b: unknown, sign: number): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign
  return String(a).localeCompare(String(b)) * sign
}
