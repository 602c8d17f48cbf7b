import { access } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { FirmWord, Words } from '../../labels/agreement.ts'
import type { QueueRow } from '../../labels/queue.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { shownPath } from '../../schemas/config-folder.ts'
import { InputError } from '../../schemas/input-error.ts'
import { isObject, parseJson } from '../../schemas/json.ts'
import { parquetRows } from '../../tasks/parquet.ts'
import { exportAt } from '../keeping/verify.ts'

/** What labels are held against: the rows of an export, and what each check says of them. */
export interface LabelDesk {
  folder: string
  rows: QueueRow[]
  /** By the check's name: a row that passed is good to it. What it could not tell is not in it. */
  checks: Map<string, Words>
}

/** Beside the export, unless another file is named. All numbered exports of a run have one. */
export function labelsBeside(exported: string): string {
  const beside = dirname(resolve(exported))
  return shownPath(join(basename(beside) === 'exports' ? dirname(beside) : beside, 'labels.jsonl'))
}

/**
 * The tables of an export, by its folder or its run's folder or name. Throws ConfigError where there are none, and
 * InputError for one that cannot be read.
 */
export async function deskAt(given: string | undefined): Promise<LabelDesk> {
  const folder = await exportAt(given)
  await access(join(folder, 'tables/rows.parquet')).catch(() => {
    throw new ConfigError(
      `${folder} has no tables/rows.parquet; give a run or an export, or write it anew with \`kindling export\``,
    )
  })
  const { checks, split } = await factsIn(folder)
  const rows: QueueRow[] = []
  for await (const row of tableOf(folder, 'rows', [
    'key',
    'task_id',
    'category',
    'kept',
    'stage',
    'checks_failed',
  ])) {
    const [key, failed] = [
      textOf(row.key),
      Array.isArray(row.checks_failed) ? row.checks_failed.map(textOf) : [],
    ]
    rows.push({
      ...{ key, task: textOf(row.task_id), category: textOf(row.category), failed },
      // What labels dropped, nothing had dropped before them.
      kept: row.kept === true || row.stage === 'labelled',
      ...(split.has(key) && { split: split.get(key) }),
    })
  }
  return { folder, rows, checks }
}

async function factsIn(folder: string) {
  const checks = new Map<string, Map<string, FirmWord>>()
  const split = new Map<string, string[]>()
  for await (const row of tableOf(folder, 'facts', ['key', 'check', 'passed', 'could_not_tell', 'data'])) {
    const [key, check] = [textOf(row.key), textOf(row.check)]
    if (isSplit(row.data)) split.set(key, [...(split.get(key) ?? []), check])
    if (row.could_not_tell === true) continue
    const words = checks.get(check) ?? new Map<string, FirmWord>()
    checks.set(check, words.set(key, row.passed === true ? 'good' : 'bad'))
  }
  return { checks, split }
}

/** Whether the judges of a panel did not vote the same. */
function isSplit(data: unknown): boolean {
  const votes = typeof data === 'string' && data.includes('"votes"') ? fieldOf(parseJson(data), 'votes') : []
  return Array.isArray(votes) && new Set(votes.map(vote => fieldOf(vote, 'verdict'))).size > 1
}

const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The rows of a table with these columns, or all. */
export async function* tableOf(
  folder: string,
  table: string,
  columns: string[] | null,
): AsyncGenerator<Record<string, unknown>> {
  const path = join(folder, 'tables', `${table}.parquet`)
  for await (const each of parquetRows({ path, shown: path }, columns)) {
    if ('problem' in each) throw new InputError([`${each.place}: ${each.problem}`])
    yield each.row
  }
}
