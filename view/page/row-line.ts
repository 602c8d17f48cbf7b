import type { Line } from './parquet.ts'

/** A line of `tables/rows.parquet` as far as the list and the filters need it; docs/tables.md tells the columns. */
export interface RowLine {
  /** Its number in the file, from 0. */
  at: number
  key: string
  task_id: string
  teacher: string
  sample: number
  category: string | null
  question: string
  answer: string | null
  teacher_answer: string | null
  kept: boolean
  stage: string | null
  reason: string | null
  detail: string | null
  outcome: string | null
  licence: string | null
  label: string | null
  turns: number | null
  calls: number | null
  mistakes: number | null
  images: number | null
  tools: readonly string[]
  output_tokens: number | null
  cost_usd: number | null
  checks_failed: readonly string[]
  task_tries: number | null
  task_solved: number | null
  view: string | null
  shard: number | null
  shard_row: number | null
}

const texts = [
  'category',
  'answer',
  'teacher_answer',
  'stage',
  'reason',
  'detail',
  'outcome',
  'licence',
] as const
const others = ['label', 'view'] as const
const counts = ['turns', 'calls', 'mistakes', 'images', 'output_tokens', 'cost_usd'] as const
const numbers = ['task_tries', 'task_solved', 'shard', 'shard_row'] as const

/** Columns of a row. */
export const rowColumns: readonly string[] = [
  ...['key', 'task_id', 'teacher', 'sample', 'question', 'kept', 'tools', 'checks_failed'],
  ...texts,
  ...others,
  ...counts,
  ...numbers,
]

/** A file may hold anything under these names. */
export const rowOf = (line: Line, at: number): RowLine => ({
  at,
  key: textFrom(line.key) ?? '',
  task_id: textFrom(line.task_id) ?? '',
  teacher: textFrom(line.teacher) ?? '',
  sample: numberFrom(line.sample) ?? 0,
  question: textFrom(line.question) ?? '',
  kept: line.kept === true,
  tools: listOf(line.tools),
  checks_failed: listOf(line.checks_failed),
  ...picked([...texts, ...others], line, textFrom),
  ...picked([...counts, ...numbers], line, numberFrom),
})

const picked = <K extends string, T>(names: readonly K[], line: Line, as: (value: unknown) => T) =>
  Object.fromEntries(names.map(name => [name, as(line[name])])) as Record<K, T>

export const textFrom = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(each => typeof each === 'string') : []

export function numberFrom(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value : null
}
