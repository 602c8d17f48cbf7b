import { createReadStream, createWriteStream } from 'node:fs'
import { access, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Filter, Judge, Measured } from '../filters/filter.ts'
import type { Decision, ExportRow } from '../output/export.ts'
import type { Fact, Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { ConfigError, type Settings } from './config.ts'
import { isWanted } from './ladder.ts'
import { type Plan, planned } from './plan.ts'
import type { Listener } from './progress.ts'
import { factsOf } from './verify.ts'

/** A decision about one rollout and the facts it rests on, as a line of `decisions.jsonl` holds them, in key order. */
export interface Decided {
  key: string
  decision: Decision
  facts: readonly Fact[]
}

/** Decide about every trajectory and write the decisions down. Free and repeatable: it asks no model. */
export async function curate(plan: Plan, config: Settings, store: Store, listen: Listener): Promise<void> {
  listen({ kind: 'stage', stage: 'curate', total: plan.total })
  const path = decisionsPath(config.folder)
  await pipeline(
    Readable.from(lines(plan, config, store)),
    createWriteStream(`${path}.draft`, { flush: true }),
  )
  await rename(`${path}.draft`, path)
}

async function* lines(plan: Plan, config: Settings, store: Store) {
  for await (const { measured, verdict } of decideAll(plan, config, store)) {
    const { trajectory, facts } = measured
    const decided: Decided = { key: trajectory.key, decision: verdict, facts }
    yield `${JSON.stringify(decided)}\n`
  }
}

/** Decide about every planned trajectory that is there and wanted, in key order. */
export async function* decideAll(plan: Plan, config: Settings, store: Store): AsyncGenerator<ExportRow> {
  const judges = config.filters.map(filter => ({ filter, judge: filter.begin() }))
  for await (const item of planned(plan, config, store)) {
    const trajectory = await store.get<Trajectory>('trajectories', item.key)
    if (!trajectory || !(await isWanted(item, plan, config, store))) continue
    const facts = await factsOf(item.key, config.checks, store)
    yield { measured: { trajectory, facts }, verdict: decide({ trajectory, facts }, judges) }
  }
}

function decide(measured: Measured, judges: { filter: Filter; judge: Judge }[]): Decision {
  const { outcome } = measured.trajectory
  if (outcome.kind === 'failed') return dropped('synthesize', `failed_${outcome.at}`, outcome.message)
  if (outcome.kind === 'stopped')
    return dropped('synthesize', `unsolved_${outcome.by}`, lastWords(measured.trajectory))
  for (const { filter, judge } of judges) {
    const verdict = judge(measured)
    if (!verdict.keep) return dropped(filter.name, verdict.reason, verdict.detail)
  }
  return { keep: true }
}

const dropped = (stage: string, reason: string, detail: string): Decision => ({
  keep: false,
  stage,
  reason,
  detail,
})

const lastWords = ({ turns }: Trajectory) =>
  (turns.at(-1)?.reply.text ?? '').replace(/\s+/g, ' ').slice(0, 200)

const decisionsPath = (folder: string) => join(folder, 'decisions.jsonl')

/** Every decided rollout, in key order, one at a time. Throws ConfigError where nothing has been decided yet. */
export async function* decidedRows(folder: string, store: Store): AsyncGenerator<ExportRow> {
  const path = decisionsPath(folder)
  await access(path).catch(() => {
    throw new ConfigError(`${folder} has no decisions yet; run it, or \`kindling curate\` it, first`)
  })
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { key, decision, facts } = JSON.parse(line) as Decided
    const trajectory = await store.get<Trajectory>('trajectories', key)
    if (trajectory) yield { measured: { trajectory, facts }, verdict: decision }
  }
}
