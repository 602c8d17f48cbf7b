import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyExport, splitOf } from './export.ts'
import type { Written } from './target.ts'

/** How many rows a target of an export holds, its text rows included. */
interface Held {
  select: AnyExport['select']
  rows: number
  mixed?: { rows: number }
}

/**
 * Rows to train on that would be lost if the export in `folder` were replaced by this one, which was to have some and
 * has none; undefined where it has some, or was not to have any.
 */
export async function rowsAtStake(folder: string, written: readonly Written[]): Promise<number | undefined> {
  const now = written.map(({ target, counts, mixed }) => ({
    select: target.select,
    rows: counts.rows,
    ...(mixed && { mixed }),
  }))
  return now.some(isForTraining) && trainingRows(now) === 0 ? trainingRows(await heldIn(folder)) : undefined
}

const isForTraining = ({ select }: Held): boolean => splitOf({ select }) === 'train'

const trainingRows = (targets: readonly Held[]): number =>
  targets.filter(isForTraining).reduce((sum, { rows, mixed }) => sum + rows - (mixed?.rows ?? 0), 0)

/** What the manifest of an export says; nothing where there is no export. */
async function heldIn(folder: string): Promise<Held[]> {
  const manifest = await readFile(join(folder, 'manifest.json'), 'utf8').catch(error => {
    if (error.code === 'ENOENT') return '{"targets":[]}'
    throw error
  })
  return (JSON.parse(manifest) as { targets: Held[] }).targets
}
