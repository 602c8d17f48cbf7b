import { join } from 'node:path'
import { isSelector } from '../filters/selector.ts'
import type { RunAbout } from '../output/about.ts'
import { type ExportCounts, writeExports } from '../output/write.ts'
import type { JsonObject } from '../schemas/json.ts'
import { version } from '../schemas/version.ts'
import type { Store } from '../store/store.ts'
import { intake } from '../tasks/intake.ts'
import type { Settings } from './config.ts'
import { curate, decidedRows, notesOf } from './curate.ts'
import { rungs } from './ladder.ts'
import { makePlan, type Plan } from './plan.ts'
import type { Listener } from './progress.ts'
import { beginRefresh, endRefresh } from './refresh.ts'
import { openSolver } from './solver.ts'
import { pricesOf } from './spending.ts'
import { openStored } from './stored-only.ts'
import { synthesize } from './synthesize.ts'
import { verify } from './verify.ts'

/** The whole job. Run again, it goes on from where it was, extends, or does nothing; with `refresh` it asks all anew. */
export async function run(
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  { refresh = false } = {},
): Promise<ExportCounts> {
  rungs(config)
  await pricesOf(config)
  if (refresh) await beginRefresh(store)
  const plan = await prepare(config, store, listen, signal)
  await synthesize(plan, config, store, listen, signal)
  const counts = await decide(plan, config, store, listen, signal)
  await endRefresh(store)
  return counts
}

/** Measure what is new, decide again, and write the exports. Asks no model: facts that need one stay unknown. */
export async function recurate(
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
): Promise<ExportCounts> {
  const plan = await prepare(config, store, listen, signal)
  return decide(plan, config, store, listen, signal, openStored(store))
}

/** Take in every task and write down what is to be done. Bad input throws here, before anything is spent. */
export async function prepare(
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
): Promise<Plan> {
  listen({ kind: 'stage', stage: 'intake', total: null })
  for (const selector of config.filters.filter(isSelector)) await selector.ready?.()
  const { fingerprint } = await intake(config.tasks, store, { signal })
  return makePlan(config, store, fingerprint)
}

/** Measure what is new, decide about all, and export it. */
export async function decide(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  open = openSolver,
) {
  await verify(plan, config, store, listen, signal, open)
  await curate(plan, config, store, listen)
  return exportRows(config, store, listen)
}

/** Write the decided rows as every target of the config, in `export/` of the run's folder. */
export async function exportRows(config: Settings, store: Store, listen: Listener): Promise<ExportCounts> {
  listen({ kind: 'stage', stage: 'export', total: null })
  return writeExports({
    folder: join(config.folder, 'export'),
    rows: decidedRows(config.folder, store),
    exports: config.exports,
    about: { ...about(config), notes: (await notesOf(config.folder)).map(note => ({ ...note })) },
    bytes: image => store.getBlob(image.sha256),
  })
}

const about = (config: Settings): RunAbout => ({
  name: config.name,
  version,
  config: {
    tasks: config.tasks.map(named),
    teachers: config.teachers.map(({ name, options, samples, after }) => ({
      name,
      options,
      samples,
      ...(after === undefined ? {} : { after }),
    })),
    tools: config.tools.map(named),
    ...(config.leaks ? { leaks: named(config.leaks) } : {}),
    sandbox: { ...named(config.sandbox), limits: { ...config.sandbox.limits } },
    checks: config.checks.map(({ name, version, options }) => ({ name, version, options })),
    filters: config.filters.map(({ name, version, options }) => ({ name, version, options })),
    exports: config.exports.map(named),
    limits: { turns: config.limits.turns, maxTokens: config.limits.maxTokens },
  },
})

const named = ({ name, options }: { name: string; options: JsonObject }) => ({ name, options })
