import type { DatabaseSync } from 'node:sqlite'
import type { DropReason, ExportRow, ScreenedTask } from '../../output/export.ts'
import type { Store } from '../../store/store.ts'
import { ConfigError } from '../config.ts'
import { isUndecided, type Overrules } from './row-judge.ts'

/** A drop that a person overruled: it is passed over whenever it is decided about that rollout. */
export interface Rescue extends DropReason {
  /** Of the rollout. */
  key: string
  /** Its task's id. */
  task: string
}

/** Which drops are meant: a reason (`stage/reason`, or a reason of any stage), and tasks by their ids; all without. */
export interface Meant {
  reason?: string | undefined
  tasks?: readonly string[] | undefined
}

/** Puts that are waited for together. */
const pageSize = 256

/**
 * Rescue the rows that were last dropped for a reason. Throws ConfigError where none was, where that was a reason of
 * `screened` tasks, or where none of them can be judged: a rollout without an answer is no row, and what was not measured may turn out any way.
 */
export async function rescue(
  store: Store,
  rows: AsyncIterable<ExportRow>,
  meant: Meant & { reason: string },
  screened: AsyncIterable<ScreenedTask> | Iterable<ScreenedTask> = [],
): Promise<{ rescued: number; refused: number }> {
  const reasons = new Set<string>()
  let page: Promise<unknown>[] = []
  let rescued = 0
  let refused = 0
  for await (const { measured, verdict } of rows) {
    if (verdict.keep) continue
    const { stage, reason } = verdict
    reasons.add(`${stage}/${reason}`)
    const { key, task, outcome } = measured.trajectory
    if (!isMeant({ stage, reason, task: task.id }, meant)) continue
    if (outcome.kind !== 'answered' || isUndecided(verdict)) refused++
    else if (page.push(put(store, { key, task: task.id, stage, reason })) && ++rescued % pageSize === 0) {
      await Promise.all(page)
      page = []
    }
  }
  await Promise.all(page)
  if (rescued > 0) return { rescued, refused }
  await refuseScreenedOut(screened, meant)
  throw nothingRescued(meant, refused, [...reasons].sort())
}

/** A task that no teacher was asked about has no row that could be kept. */
async function refuseScreenedOut(
  screened: AsyncIterable<ScreenedTask> | Iterable<ScreenedTask>,
  meant: Meant,
) {
  let count = 0
  for await (const { id, screening } of screened)
    if (
      screening?.route === 'drop' &&
      isMeant({ stage: 'screen', reason: screening.reason, task: id }, meant)
    )
      count++
  if (count > 0)
    throw new ConfigError(
      `--reason ${meant.reason}: screening dropped ${count} tasks for that before a teacher was asked, so there is no row to keep; ` +
        'change what that screen allows and run the config again, which asks no student twice',
    )
}

function nothingRescued({ reason, tasks }: Meant, refused: number, reasons: readonly string[]) {
  const whose = tasks ? ` of ${tasks.join(', ')}` : ''
  return new ConfigError(
    refused > 0
      ? `--reason ${reason}: ${refused} rollouts${whose} have no answer or were not checked, so there is nothing to keep; run the config again`
      : `--reason ${reason}: no row${whose} was dropped for that; rows were dropped for: ${reasons.join(', ') || 'nothing'}`,
  )
}

const put = (store: Store, rescue: Rescue) => store.put('rescues', keyOf(rescue), rescue)

const keyOf = ({ key, stage, reason }: Rescue) => `${key}/${stage}/${reason}`

/** Take rescues back; says how many. */
export async function undoRescue(store: Store, meant: Meant): Promise<number> {
  let undone = 0
  for await (const each of rescues(store)) {
    if (!isMeant(each, meant)) continue
    await store.delete('rescues', keyOf(each))
    undone++
  }
  return undone
}

/** Every rescue, in key order. */
export async function* rescues(store: Store): AsyncGenerator<Rescue> {
  for await (const { value } of store.scan<Rescue>('rescues')) yield value
}

const isMeant = (
  { stage, reason, task }: DropReason & { task: string },
  { reason: meant, tasks }: Meant,
): boolean =>
  (meant === undefined || meant === reason || meant === `${stage}/${reason}`) &&
  (tasks === undefined || tasks.includes(task))

/** The rescues while it is decided. */
export interface Rescued {
  /** Remembers what it overruled. */
  overrules: Overrules
  /** The drops of a row that were passed over. */
  overruled(key: string): DropReason[]
}

/** Look rescues up in `table`, a database that is empty of them. */
export async function openRescued(table: DatabaseSync, store: Store): Promise<Rescued> {
  table.exec(
    'CREATE TABLE rescued (key TEXT, stage TEXT, reason TEXT, used INTEGER, PRIMARY KEY (key, stage, reason)) WITHOUT ROWID',
  )
  const put = table.prepare('INSERT INTO rescued VALUES (?, ?, ?, 0)')
  let some = false
  for await (const { key, stage, reason } of rescues(store)) some = put.run(key, stage, reason).changes > 0
  if (!some) return { overrules: () => false, overruled: () => [] }
  const use = table.prepare('UPDATE rescued SET used = 1 WHERE key = ? AND stage = ? AND reason = ?')
  const used = table.prepare(
    'SELECT stage, reason FROM rescued WHERE key = ? AND used ORDER BY stage, reason',
  )
  return {
    overrules: (key, { stage, reason }) => use.run(key, stage, reason).changes > 0,
    overruled: key =>
      used.all(key).map(({ stage, reason }) => ({ stage: String(stage), reason: String(reason) })),
  }
}
