import { join } from 'node:path'
import type { ExportRow } from '../../output/export.ts'
import { lengthCounter } from '../../output/length/lengths.ts'
import { olderExports, removeExport } from '../../output/numbered/numbered-export.ts'
import type { RunAbout } from '../../output/run-about.ts'
import { type ExportCounts, writeExports } from '../../output/write.ts'
import type { Prompt } from '../../prompts/prompt.ts'
import { restarting } from '../../sandbox/restarting-session.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { metaOfTask, metaShape } from '../../schemas/meta-shape.ts'
import { imagesIn } from '../../schemas/task.ts'
import { version } from '../../schemas/version.ts'
import { readFor } from '../../store/errors.ts'
import type { Store } from '../../store/store.ts'
import { readElsewhere } from '../../tasks/remote/pins.ts'
import type { Prices } from '../../teachers/prices.ts'
import { kindsOf } from '../../tools/tool.ts'
import { answerersIn } from '../ask/answerers.ts'
import type { Settings } from '../config.ts'
import { decidedRows, inputsOf, notesOf } from '../decide/decisions.ts'
import { labelOf } from '../decide/label-fit.ts'
import { openTries } from '../decide/tries.ts'
import { interruptible } from '../interruptible.ts'
import { storedImageSearch } from '../offline/stored-searches.ts'
import { screensOf } from '../plan.ts'
import { toolSpecs } from '../rollout/observe.ts'
import type { Run } from '../run.ts'
import { screenedTasks } from '../screen/screened-list.ts'
import { pricesOf } from '../spend/spending.ts'
import { usdOfUse, usesOf } from '../spend/usage-cost.ts'
import { openStage } from '../stage.ts'
import { withoutImages } from '../without-images.ts'
import { byPart, type Parts, partsIn } from './parts.ts'
import { exportedFrom, exportOf, noteExport } from './same-export.ts'

/**
 * Write the decided rows as every target of the config, as the next numbered export of the run's folder, which `export`
 * shows then. Where `decided`, the hash of these rows, is known, and the export that is there was written from the
 * same, it is left as it is.
 */
export async function exportRows(run: Run, decided: string | null = null): Promise<ExportCounts> {
  const counts = await exported(run, decided)
  const { keepExports } = run.config
  const older =
    keepExports === undefined ? [] : await olderExports(exportLink(run.config.folder), keepExports)
  for (const { path } of older) await removeExport(path)
  return counts
}

/** What shows the newest export of the run in a folder. */
export const exportLink = (folder: string): string => join(folder, 'export')

async function exported(run: Run, decided: string | null): Promise<ExportCounts> {
  const { folder } = run.config
  const about = await aboutRun(run)
  const tools = toolSpecs(run.config.tools)
  const [parts, prices] = [await partsIn(run.store), await pricesOf(run.config)]
  // The counter's name holds a hash of its tokenizer.
  const lengths = run.config.lengths && {
    lengths: [run.config.lengths, lengthCounter(run.config.lengths).name],
  }
  // Whether an empty export may stay is asked each time.
  const from =
    decided &&
    !run.config.allowEmpty &&
    (await exportedFrom(
      run,
      decided,
      hashOf({ about, tools, prices, ...lengths, ...(parts.length > 0 && { parts }) }),
    ))
  const last = from && (await exportOf<ExportCounts>(folder, from))
  if (last) return readPictures(run, parts).then(() => last)
  const counts = await write(run, about, { parts, prices })
  if (from && counts.shown && counts.left === undefined && !counts.refused)
    await noteExport(folder, { from, manifest: counts.shown.manifest, counts })
  return counts
}

interface Priced {
  parts: Parts
  prices: Prices
}

async function exportStage(run: Run, parts: Parts): Promise<AsyncIterable<ExportRow>> {
  const { config, store } = run
  return openStage(run, 'export', await store.count('trajectories')).through(
    imagesFirst(() => byPart(parts, isIn => decidedRows(config.folder, store, isIn))),
  )
}

/** An export that stays: what it could not be written from any more is told all the same. Throws DamagedError. */
async function readPictures(run: Run, parts: Parts): Promise<void> {
  const isRead = (item: ExportRow) =>
    item.verdict.keep || run.config.exports.some(({ select }) => select === 'rejected')
  for await (const item of await exportStage(run, parts)) {
    const { task, question, turns } = item.measured.trajectory
    const seen = turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => parts))
    for (const { sha256 } of isRead(item) ? imagesIn([...question, ...seen]) : [])
      await readFor(task.id, run.store.getBlob(sha256))
  }
}

async function write(run: Run, about: RunAbout, { parts, prices }: Priced): Promise<ExportCounts> {
  const { config, store, signal } = run
  await using analysis = restarting(config.sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
  await using tries = await openTries(config)
  return await writeExports({
    folder: exportLink(config.folder),
    rows: await exportStage(run, parts),
    tasks: interruptible(
      byPart(parts, isIn => screenedTasks(config.folder, store, isIn)),
      signal,
    ),
    tools: toolSpecs(config.tools),
    plainTools: toolSpecs(withoutImages(config).tools),
    kinds: kindsOf(config.tools),
    imageSearch: storedImageSearch(run),
    analysis: async () => analysis,
    meta: await metaShape(interruptible(metas(config.folder, store), signal)),
    exports: config.exports,
    about,
    known: {
      costs: trajectory => usesOf(trajectory).map(use => usdOfUse(use, prices)),
      tries: tries.of,
      label: labelOf(config.filters),
    },
    bytes: image => store.getBlob(image.sha256),
    ...(config.lengths && { lengths: config.lengths }),
    ...(config.allowEmpty && { allowEmpty: true }),
    ...(config.guard && !config.acceptDrift && { guard: config.guard }),
  })
}

/**
 * Rows without images come last: some trainers learn from the first thousand rows of a file whether there are any
 * images.
 */
async function* imagesFirst(rows: () => AsyncIterable<ExportRow>) {
  let others = 0
  for await (const row of rows())
    if (isAboutImages(row)) yield row
    else others++
  if (others === 0) return
  for await (const row of rows()) if (!isAboutImages(row)) yield row
}

/** A damaged record tells nothing of it. */
const isAboutImages = ({ measured }: ExportRow): boolean => measured.trajectory.task?.images?.length !== 0

async function* metas(folder: string, store: Store) {
  for await (const { measured } of decidedRows(folder, store)) yield metaOfTask(measured.trajectory.task)
}

/** Everything about a run, with what it read elsewhere and what its selectors had to say. */
async function aboutRun({ config, store, generation }: Run): Promise<RunAbout> {
  const elsewhere = await readElsewhere(store)
  const about = aboutOf(config)
  if (elsewhere) about.config.read_elsewhere = elsewhere
  const answerers = await answerersIn(store, generation)
  return {
    ...about,
    ...(answerers && { answerers }),
    notes: await notesOf(config.folder),
    inputs: await inputsOf(config.folder),
  }
}

const aboutOf = (config: Settings): RunAbout => ({
  name: config.name,
  version,
  promptFiles: filesOf(Object.values(config.prompts)),
  config: {
    tasks: config.tasks.map(named),
    ...(config.screens.length > 0 ? { screens: screensOf(config) } : {}),
    ...(config.rollouts.length > 0 ? { rollouts: config.rollouts.map(named) } : {}),
    teachers: config.teachers.map(({ name, options, samples, after }) => ({
      name,
      options,
      samples,
      ...(after === undefined ? {} : { after }),
    })),
    tools: config.tools.map(({ kind = 'other', ...tool }) => ({ ...named(tool), kind })),
    ...(config.leaks ? { leaks: named(config.leaks) } : {}),
    sandbox: { ...named(config.sandbox), limits: { ...config.sandbox.limits } },
    checks: config.checks.map(({ name, version, options }) => ({ name, version, options })),
    filters: config.filters.map(({ name, version, options }) => ({ name, version, options })),
    exports: config.exports.map(named),
    limits: { turns: config.limits.turns, maxTokens: config.limits.maxTokens },
  },
})

/** Of prompts that are the user's own, by their sha256. */
const filesOf = (prompts: readonly Prompt[]): Record<string, string> =>
  Object.fromEntries(prompts.flatMap(({ sha256, file }) => (file === undefined ? [] : [[sha256, file]])))

const named = ({ name, options }: { name: string; options: JsonObject }) => ({ name, options })
