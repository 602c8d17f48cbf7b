import { join } from 'node:path'
import type { Decision, ExportRow } from '../../output/export.ts'
import type { Config } from '../../pipeline/config.ts'
import { decideAll } from '../../pipeline/decide/decide.ts'
import { decidedRows } from '../../pipeline/decide/decisions.ts'
import { runOn } from '../../pipeline/jobs/open-run.ts'
import { exportFrozen, importFrozen } from '../../pipeline/offline/searches-file.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { settings } from '../../pipeline/settings.ts'
import { verify } from '../../pipeline/verify/verify.ts'
import { exportedRows } from '../../rollouts/hf.ts'
import { exported } from '../../rollouts/record.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { temporaryFolder } from '../fixtures.ts'

/** What became of a row, and by what. */
export interface Judged {
  trajectory: Trajectory
  facts: readonly Fact[]
  verdict: Decision
}

/** By their keys. */
export type AllJudged = Record<string, Judged>

const judgedRow = ({ measured, verdict }: ExportRow): [string, Judged] => {
  const { trajectory, facts } = measured
  return [trajectory.key, { trajectory: exported(trajectory), facts, verdict }]
}

/** The rows of a run, as they were judged then. */
export async function judgedThen(folder: string): Promise<AllJudged> {
  await using store = await openSqliteStore(folder)
  return Object.fromEntries((await Array.fromAsync(decidedRows(folder, store))).map(judgedRow))
}

/**
 * The same out of its export alone, with what services said (`kindling searches --export`): read back into a new store,
 * measured by every check of the config and decided by its filters. Nobody is asked.
 */
export async function judgedAgain(folder: string, given: Config): Promise<AllJudged> {
  await using fresh = await temporaryFolder()
  const config = settings({ ...given, output: fresh.path })
  await using store = await openSqliteStore(config.folder)
  await bringSearches(folder, join(fresh.path, 'searches'), store)
  const plan = await planOf(folder, store)
  const { signal } = new AbortController()
  const run = await runOn(store, config, { listen: () => {}, signal, asks: 'nobody' })
  await verify(plan, run)
  const rows = await Array.fromAsync(decideAll(plan, run))
  await config.sandbox[Symbol.asyncDispose]()
  return Object.fromEntries(rows.map(judgedRow))
}

async function bringSearches(folder: string, between: string, store: Store) {
  await using old = await openSqliteStore(folder)
  await exportFrozen(old, between)
  await importFrozen(store, between)
}

async function planOf(folder: string, store: Store): Promise<Plan> {
  let total = 0
  for (const name of ['hf', 'rejected'])
    for await (const row of exportedRows(join(folder, 'export', name), store)) {
      if ('problem' in row) throw new Error(`${row.place} ${row.problem}`)
      const { key, task, teacher, sample } = row.trajectory
      await store.put('trajectories', key, row.trajectory)
      await store.put('plan', `read/${key}`, { task, teacher: teacher.name, sample })
      total++
    }
  return { id: 'read', total, keyOf: () => '' }
}
