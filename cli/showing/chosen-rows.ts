import type { ExportRow } from '../../output/export.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { dropName, reasonOf } from '../../schemas/drop.ts'
import { sha256 } from '../../schemas/hash.ts'

/** Which rows are meant: all that fulfil all of it. */
export interface WantedRows {
  /** Task ids, and starts of keys from 6 characters on; all rows without any. */
  ids?: readonly string[]
  /** What dropped them: `stage/reason`, or a reason of any stage. */
  reason?: string
  /** Only what was dropped. */
  rejected?: boolean
  /** So many of them, drawn at random; the same ones for the same seed. */
  random?: number
  seed?: string
}

/**
 * The rows that are meant, in their order and one at a time; those that are drawn are held. Throws ConfigError where
 * there is none, or none of an id.
 */
export async function* chosenRows(
  rows: AsyncIterable<ExportRow>,
  { random, seed = '0', ...choice }: WantedRows,
): AsyncGenerator<ExportRow> {
  const matching = matchingRows(rows, choice)
  yield* random === undefined ? matching : await drawn(matching, random, seed)
}

async function* matchingRows(rows: AsyncIterable<ExportRow>, choice: WantedRows): AsyncGenerator<ExportRow> {
  const { ids = [] } = choice
  const missing = new Set(ids)
  const reasons = new Set<string>()
  let found = 0
  for await (const row of rows) {
    const meant = ids.filter(id => isCalled(row, id))
    for (const id of meant) missing.delete(id)
    if (!row.verdict.keep) reasons.add(dropName(row.verdict))
    if ((ids.length > 0 && meant.length === 0) || !isDroppedAs(row, choice)) continue
    found++
    yield row
  }
  if (missing.size > 0)
    throw new ConfigError(
      `no trajectory has the task id or key ${[...missing].join(', ')}; \`kindling stats\` shows some`,
    )
  if (found === 0) throw new ConfigError(noneFound(choice, [...reasons].sort()))
}

const isCalled = ({ measured: { trajectory } }: ExportRow, id: string): boolean =>
  trajectory.task.id === id || (id.length >= 6 && trajectory.key.startsWith(id))

function isDroppedAs({ verdict }: ExportRow, { reason, rejected }: WantedRows): boolean {
  if (verdict.keep) return !rejected && reason === undefined
  return reason === undefined || reason === reasonOf(verdict) || reason === dropName(verdict)
}

function noneFound({ ids = [], reason, rejected }: WantedRows, reasons: readonly string[]): string {
  const whose = ids.length > 0 ? ' of these' : ''
  const all = reasons.join(', ') || 'nothing'
  if (reason !== undefined)
    return `--reason ${reason}: no row${whose} was dropped for that; rows were dropped for: ${all}`
  return rejected ? `--rejected: no row${whose} was dropped` : 'there is no row yet'
}

/** Those whose key has the least hash, which no order of rows changes. */
async function drawn(rows: AsyncIterable<ExportRow>, count: number, seed: string): Promise<ExportRow[]> {
  const held: { row: ExportRow; rank: string }[] = []
  for await (const row of rows) {
    const rank = sha256(`${seed}:${row.measured.trajectory.key}`)
    if (held.length === count && rank > (held.at(-1)?.rank ?? '')) continue
    const place = held.findIndex(other => other.rank > rank)
    held.splice(place < 0 ? held.length : place, 0, { row, rank })
    held.length = Math.min(held.length, count)
  }
  const keyOf = (row: ExportRow) => row.measured.trajectory.key
  return held.map(({ row }) => row).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
