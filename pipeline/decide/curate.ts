import { createWriteStream } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Measured } from '../../filters/filter.ts'
import { type FilterOrSelector, isSelector, type Selector } from '../../filters/selector.ts'
import type { ExportRow } from '../../output/export.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Settings } from '../config.ts'
import { type Plan, planned } from '../plan.ts'
import type { Listener } from '../progress.ts'
import { factKeys } from '../verify/sources.ts'
import { factsOf } from '../verify/verify.ts'
import { openScratch, type Scratch } from './decision-table.ts'
import { type Decided, decisionsPath, notesPath } from './decisions.ts'
import { isWanted } from './ladder.ts'
import { dropBy, judgeOf, type RowJudge } from './row-judge.ts'

/** Decide about every trajectory and write the decisions down. Free and repeatable: it asks no model. */
export async function curate(plan: Plan, config: Settings, store: Store, listen: Listener): Promise<void> {
  listen({ kind: 'stage', stage: 'curate', total: plan.total })
  await using scratch = await openScratch(config.folder, store)
  const path = decisionsPath(config.folder)
  await pipeline(
    Readable.from(lines(plan, config, store, scratch)),
    createWriteStream(`${path}.draft`, { flush: true }),
  )
  await writeFile(notesPath(config.folder), JSON.stringify(scratch.notes), { flush: true })
  await rename(`${path}.draft`, path)
}

async function* lines(plan: Plan, config: Settings, store: Store, scratch: Scratch) {
  for await (const { measured, verdict } of decideIn(scratch, plan, config, store)) {
    const { trajectory, facts } = measured
    const decided: Decided = { key: trajectory.key, decision: verdict, facts }
    yield `${JSON.stringify(decided)}\n`
  }
}

/** Decide about every planned trajectory that is there and wanted, in key order. */
export async function* decideAll(plan: Plan, config: Settings, store: Store): AsyncGenerator<ExportRow> {
  await using scratch = await openScratch(config.folder, store)
  yield* decideIn(scratch, plan, config, store)
}

/** One pass over all rows up to each selector, which sees what was kept until there, and a last one to the end. */
async function* decideIn(scratch: Scratch, plan: Plan, config: Settings, store: Store) {
  let steps: readonly FilterOrSelector[] = config.filters
  for (let at = steps.findIndex(isSelector); at >= 0; at = steps.findIndex(isSelector)) {
    const undecided = remaining(
      measured(plan, config, store),
      judgeOf(steps.slice(0, at), scratch.overrules),
      scratch,
    )
    await selectFrom(undecided, steps[at] as Selector, scratch)
    steps = steps.slice(at + 1)
  }
  const judge = judgeOf(steps, scratch.overrules)
  for await (const row of measured(plan, config, store)) {
    const { key } = row.trajectory
    const decision = scratch.decided(key) ?? judge(row)
    const rescued = scratch.overruled(key)
    yield { measured: row, verdict: rescued.length > 0 ? { ...decision, rescued } : decision }
  }
}

/** Every planned trajectory that is there and wanted, with its facts, in key order. */
export async function* measured(plan: Plan, config: Settings, store: Store): AsyncGenerator<Measured> {
  const keyOf = await factKeys(config.checks, store)
  for await (const item of planned(plan, config, store)) {
    const trajectory = await store.get<Trajectory>('trajectories', item.key)
    if (!trajectory || !(await isWanted(item, plan, config, store))) continue
    yield { trajectory, facts: await factsOf(item.key, config.checks, store, keyOf) }
  }
}

/** The rows that nothing has dropped so far; what `judge` drops is put down. */
async function* remaining(rows: AsyncIterable<Measured>, judge: RowJudge, scratch: Scratch) {
  for await (const row of rows) {
    const { key } = row.trajectory
    if (scratch.decided(key)) continue
    const decision = judge(row)
    if (decision.keep) yield row
    else scratch.decide(key, decision)
  }
}

async function selectFrom(rows: AsyncGenerator<Measured>, selector: Selector, scratch: Scratch) {
  await using workspace = await scratch.workspace(selector.name)
  // A selector that stops reading must not end the rows: all of them are to be judged.
  const handed = { [Symbol.asyncIterator]: () => ({ next: () => rows.next() }) }
  for await (const { key, ...objection } of selector.select(handed, workspace)) {
    const drop = dropBy(selector.name, objection)
    if (!scratch.overrules(key, drop)) scratch.decide(key, { keep: false, ...drop })
  }
  for await (const _ of rows);
}
