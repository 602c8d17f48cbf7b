import type { ExportRow, ScreenedTask } from '../../output/export.ts'
import { type DropReason, dropName, reasonOf } from '../../schemas/drop.ts'
import { droppedBy } from '../../schemas/screening.ts'
import type { Database } from '../../store/database.ts'
import type { Store } from '../../store/store.ts'
import { ConfigError } from '../errors.ts'
import type { Overrules } from './row-judge.ts'

/**
 * A drop that a person overruled, by its name as people read it: it is passed over whenever it is decided about that
 * rollout. Those of older runs hold that name as a reason of the stage's own.
 */
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
 * `screened` tasks, or where none of them can be judged: a rollout without an answer is no row, and what was not
 * measured may turn out any way.
 */
export async function rescueRows(
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
    const { stage, by, reason } = verdict
    reasons.add(dropName(verdict))
    const { key, task, outcome } = measured.trajectory
    if (!isMeant(verdict, task.id, meant)) continue
    if (outcome.kind !== 'answered' || verdict.undecided) refused++
    else if (page.push(put(store, { key, task: task.id, stage, by, reason })) && ++rescued % pageSize === 0) {
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
    if (screening?.route === 'drop' && isMeant(droppedBy(screening), id, meant)) count++
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

const keyOf = (rescue: Rescue) => `${rescue.key}/${dropName(rescue)}`

/** Take rescues back; says how many. */
export async function undoRescue(store: Store, meant: Meant): Promise<number> {
  let undone = 0
  for await (const each of rescues(store)) {
    if (!isMeant(each, each.task, meant)) continue
    await store.delete('rescues', keyOf(each))
    undone++
  }
  return undone
}

/** Every rescue, in key order. */
export async function* rescues(store: Store): AsyncGenerator<Rescue> {
  for await (const { value } of store.scan<Omit<Rescue, 'by'> & { by?: string }>('rescues'))
    yield { ...value, by: value.by ?? value.stage }
}

const isMeant = (drop: DropReason, task: string, { reason: meant, tasks }: Meant): boolean =>
  (meant === undefined || meant === reasonOf(drop) || meant === dropName(drop)) &&
  (tasks === undefined || tasks.includes(task))

/** The rescues while it is decided. */
export interface Rescued {
  /** Remembers what it overruled. */
  overrules: Overrules
  /** The drops of a row that were passed over. */
  overruled(key: string): DropReason[]
}

/** Look rescues up in `table`, a database that is empty of them. */
export async function openRescued(table: Database, store: Store): Promise<Rescued> {
  table.exec('CREATE TABLE rescued (key TEXT, name TEXT, used TEXT, PRIMARY KEY (key, name)) WITHOUT ROWID')
  const put = table.prepare('INSERT INTO rescued VALUES (?, ?, NULL)')
  let some = false
  for await (const each of rescues(store)) some = put.run(each.key, dropName(each)).changes > 0
  if (!some) return { overrules: () => false, overruled: () => [] }
  const use = table.prepare('UPDATE rescued SET used = ? WHERE key = ? AND name = ?')
  const used = table.prepare('SELECT used FROM rescued WHERE key = ? AND used IS NOT NULL ORDER BY name')
  return {
    overrules: (key, drop) => {
      const { stage, by, reason } = drop
      return use.run(JSON.stringify({ stage, by, reason }), key, dropName(drop)).changes > 0
    },
    overruled: key => used.all(key).map(({ used }) => JSON.parse(String(used)) as DropReason),
  }
}
