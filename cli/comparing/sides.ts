import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../pipeline/errors.ts'
import { isObject, type JsonObject } from '../../schemas/json.ts'
import { isRun } from '../../store/default.ts'
import { newestRun, runAt } from '../run-folder.ts'
import { exportRowsIn } from './export-rows.ts'
import { openRunSide } from './run-side.ts'
import { manifestAt, nameIn, type OpenSide } from './side.ts'

/**
 * Open a run (by its folder or name), the folder of an export, or a manifest. Throws ConfigError where it is none of
 * them.
 */
export async function openSide(given: string): Promise<OpenSide> {
  const found = await stat(given).catch(() => undefined)
  if (found?.isFile()) return manifestSide(given, await manifestAt(given))
  const manifest = join(given, 'manifest.json')
  if (await isFile(manifest)) return exportSide(given, await manifestAt(manifest))
  const run = await runAt(given, newestRun)
  if (await isRun(run)) return openRunSide(run)
  throw new ConfigError(
    `${given} is neither a run, the folder of an export nor a manifest.json; give one such as runs/demo or runs/demo/export`,
  )
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isFile(),
    () => false,
  )

const manifestSide = (path: string, manifest: JsonObject): OpenSide => ({
  side: { kind: 'manifest', path, name: nameIn(manifest), rows: 'none' },
  async *rows() {},
  about: async () => manifest,
  wanting: () => [
    `${path} is a manifest alone, so no rows are compared: give the folder of the whole export, or the run`,
  ],
  async [Symbol.asyncDispose]() {},
})

function exportSide(path: string, manifest: JsonObject): OpenSide {
  const [hf, rejected] = [shardsOf(manifest, 'hf'), shardsOf(manifest, 'rejected')]
  const rows = !hf ? 'none' : rejected ? 'all' : 'kept'
  return {
    side: { kind: 'export', path, name: nameIn(manifest), rows },
    rows: () => exportRowsIn([...(hf ?? []), ...(rejected ?? [])].map(file => join(path, file))),
    about: async () => manifest,
    wanting: () => wantingOf(path, rows),
    async [Symbol.asyncDispose]() {},
  }
}

/** Undefined where the export has no such target. */
function shardsOf({ targets, files }: JsonObject, name: string): string[] | undefined {
  const isThere = Array.isArray(targets) && targets.some(each => isObject(each) && each.name === name)
  if (!isThere || !Array.isArray(files)) return undefined
  const paths = files.flatMap(each => (isObject(each) && typeof each.path === 'string' ? [each.path] : []))
  return paths.filter(each => each.startsWith(`${name}/`) && each.endsWith('.parquet'))
}

function wantingOf(path: string, rows: 'all' | 'kept' | 'none'): string[] {
  const costs = `${path} is an export, which says no costs: give the run for them`
  if (rows === 'all') return [costs]
  return rows === 'kept'
    ? [
        costs,
        `${path} has no rejected/, so only kept rows are compared: a row that is not there was dropped, or is of no task`,
      ]
    : [`${path} has no hf/, so no rows are compared: export hf() and rejected(), or give the run`]
}
