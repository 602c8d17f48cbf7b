import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Filter, Judge, Measured } from '../filters/filter.ts'
import type { Decision, ExportRow } from '../output/export.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { ConfigError, type Settings } from './config.ts'
import { type Plan, planned } from './plan.ts'
import type { Listener } from './progress.ts'
import { factsOf } from './verify.ts'

/** A decision about one rollout, as `decisions.jsonl` holds it, in key order. */
export interface Decided {
  key: string
  decision: Decision
}

/** Decide about every trajectory and write the decisions down. Free and repeatable: it asks no model. */
export async function curate(plan: Plan, config: Settings, store: Store, listen: Listener): Promise<void> {
  listen({ kind: 'stage', stage: 'curate', total: plan.total })
  const path = decisionsPath(config)
  await pipeline(
    Readable.from(lines(plan, config, store)),
    createWriteStream(`${path}.draft`, { flush: true }),
  )
  await rename(`${path}.draft`, path)
}

async function* lines(plan: Plan, config: Settings, store: Store) {
  const judges = config.filters.map(filter => ({ filter, judge: filter.begin() }))
  for await (const measured of measurements(plan, config, store)) {
    const decided: Decided = { key: measured.trajectory.key, decision: decide(measured, judges) }
    yield `${JSON.stringify(decided)}\n`
  }
}

/** Every finished rollout with its facts, in key order, one at a time. */
export async function* measurements(plan: Plan, config: Settings, store: Store): AsyncGenerator<Measured> {
  for await (const { key } of planned(plan, config, store)) {
    const trajectory = await store.get<Trajectory>('trajectories', key)
    if (trajectory) yield { trajectory, facts: await factsOf(key, config.checks, store) }
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

const decisionsPath = ({ folder }: Pick<Settings, 'folder'>) => join(folder, 'decisions.jsonl')

/** What the last pass decided, in key order. Throws where none has been made. */
export async function* decisions(config: Pick<Settings, 'folder'>): AsyncGenerator<Decided> {
  const file = createReadStream(decisionsPath(config))
  file.on('error', () => file.destroy())
  let any = false
  for await (const line of createInterface({ input: file })) {
    any = true
    yield JSON.parse(line) as Decided
  }
  if (!any && file.errored)
    throw new ConfigError(`${config.folder} has no decisions yet; run \`kindling curate\` first`)
}

/** Every finished rollout with its facts and what was decided about it, in key order. */
export async function* decidedRows(plan: Plan, config: Settings, store: Store): AsyncGenerator<ExportRow> {
  const decided = decisions(config)
  for await (const measured of measurements(plan, config, store)) {
    const next = await decided.next()
    if (next.done || next.value.key !== measured.trajectory.key) {
      throw new ConfigError(
        `${config.folder}: the decisions are older than the run; run \`kindling curate\` again`,
      )
    }
    yield { measured, verdict: next.value.decision }
  }
}
