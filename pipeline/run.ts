import { join } from 'node:path'
import { isSelector } from '../filters/selector.ts'
import type { RunAbout } from '../output/run-about.ts'
import { type ExportCounts, writeExports } from '../output/write.ts'
import type { JsonObject } from '../schemas/json.ts'
import { version } from '../schemas/version.ts'
import type { Store } from '../store/store.ts'
import { intake } from '../tasks/intake.ts'
import type { TaskList } from '../tasks/task-list.ts'
import { checkTextRows } from '../tasks/text-rows.ts'
import { demandReady, type Settings } from './config.ts'
import { curate } from './decide/curate.ts'
import { decidedRows, notesOf } from './decide/decisions.ts'
import { rungs } from './decide/ladder.ts'
import { beginRefresh, endRefresh } from './generation.ts'
import { openStored } from './offline/stored-replies.ts'
import { storedImageSearch } from './offline/stored-searches.ts'
import { makePlan, type Plan, screensOf } from './plan.ts'
import type { Listener } from './progress.ts'
import { toolSpecs } from './rollout/observe.ts'
import { type OpenSolver, openSolver } from './rollout/solver.ts'
import { screen } from './screen/screen.ts'
import { listScreened, screenedTasks, toSolve } from './screen/screenings.ts'
import { synthesize } from './solve/synthesize.ts'
import { pricesOf } from './spend/spending.ts'
import { remeasure } from './verify/sources.ts'
import { verify } from './verify/verify.ts'

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
  demandReady(config)
  if (refresh) await beginRefresh(store)
  const plan = await prepare(config, store, listen, signal)
  await synthesize(plan, config, store, listen, signal)
  const counts = await decide(plan, config, store, listen, signal)
  await endRefresh(store)
  return counts
}

/**
 * Measure what is new, and what the checks in `anew` know already, decide again, and write the exports. Asks no model:
 * tasks and facts that need one stay open.
 */
export async function recurate(
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  { anew = [] }: { anew?: readonly string[] } = {},
): Promise<ExportCounts> {
  await remeasure(anew, config.checks, store)
  const open = openStored(store)
  const plan = await prepare(config, store, listen, signal, open)
  return decide(plan, config, store, listen, signal, open)
}

/** Take in every task, and look at what selectors compare with and exports mix in. Bad input throws here, before anything is spent. */
export async function takeIn(
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
): Promise<TaskList> {
  listen({ kind: 'stage', stage: 'intake', total: null })
  for (const selector of config.filters.filter(isSelector)) await selector.ready?.()
  for (const one of config.exports) if ('mix' in one && one.mix) await checkTextRows(one.mix.rows)
  return intake(config.tasks, store, { signal })
}

/** Take in every task, screen those that are new, and write down what teachers are to solve. */
export async function prepare(
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  open = openSolver,
): Promise<Plan> {
  const list = await takeIn(config, store, listen, signal)
  await screen(list, config, store, listen, signal, { open })
  await listScreened(list, config, store)
  return makePlan(config, store, list.fingerprint, toSolve(list, config, store))
}

/** Measure what is new, decide about all, and export it. */
export async function decide(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  open: OpenSolver = openSolver,
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
    tasks: screenedTasks(config.folder, store),
    tools: toolSpecs(config.tools),
    imageSearch: storedImageSearch(config, store),
    exports: config.exports,
    about: { ...about(config), notes: await notesOf(config.folder) },
    bytes: image => store.getBlob(image.sha256),
    ...(config.allowEmpty && { allowEmpty: true }),
  })
}

const about = (config: Settings): RunAbout => ({
  name: config.name,
  version,
  config: {
    tasks: config.tasks.map(named),
    ...(config.screens.length > 0 ? { screens: screensOf(config) } : {}),
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
