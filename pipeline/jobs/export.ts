import { join } from 'node:path'
import type { RunAbout } from '../../output/run-about.ts'
import { type ExportCounts, writeExports } from '../../output/write.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { metaOfTask, metaShape } from '../../schemas/meta-shape.ts'
import { version } from '../../schemas/version.ts'
import type { Store } from '../../store/store.ts'
import { kindsOf } from '../../tools/tool.ts'
import type { Settings } from '../config.ts'
import { decidedRows, notesOf } from '../decide/decisions.ts'
import { interruptible } from '../interruptible.ts'
import { storedImageSearch } from '../offline/stored-searches.ts'
import { screensOf } from '../plan.ts'
import { toolSpecs } from '../rollout/observe.ts'
import type { Run } from '../run.ts'
import { screenedTasks } from '../screen/screened-list.ts'
import { openStage } from '../stage.ts'

/** Write the decided rows as every target of the config, in `export/` of the run's folder. */
export async function exportRows(run: Run): Promise<ExportCounts> {
  const { config, store, signal } = run
  const { folder } = config
  const stage = openStage(run, 'export', await store.count('trajectories'))
  return writeExports({
    folder: join(folder, 'export'),
    rows: stage.through(decidedRows(folder, store)),
    tasks: interruptible(screenedTasks(folder, store), signal),
    tools: toolSpecs(config.tools),
    kinds: kindsOf(config.tools),
    imageSearch: storedImageSearch(run),
    meta: await metaShape(interruptible(metas(folder, store), signal)),
    exports: config.exports,
    about: { ...about(config), notes: await notesOf(folder) },
    bytes: image => store.getBlob(image.sha256),
    ...(config.allowEmpty && { allowEmpty: true }),
  })
}

async function* metas(folder: string, store: Store) {
  for await (const { measured } of decidedRows(folder, store)) yield metaOfTask(measured.trajectory.task)
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
