import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { decidedRows } from '../../pipeline/decide/decisions.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import type { Listener } from '../../pipeline/progress.ts'
import type { Run } from '../../pipeline/run.ts'
import { takenPath } from '../../pipeline/taking/take-rollouts.ts'
import { formats, readAs } from '../../rollouts/detect.ts'
import type { RolloutSource } from '../../rollouts/source.ts'
import { passingPins } from '../../tasks/remote/pins.ts'
import { reachWith } from '../../tasks/remote/usual-reach.ts'
import { loadConfig } from '../load.ts'
import { onRun, type WorkResult } from '../on-run.ts'
import { auditOf } from './findings.ts'
import { auditPage } from './page.ts'
import { type AuditFlags, auditSettings, customs, rolloutOptions } from './settings.ts'
import { printAudit } from './text.ts'
import { filesOf } from './where.ts'

interface AuditOptions extends AuditFlags {
  format?: string
  /** Of how many rows at most, in their order. */
  limit?: string
  json?: boolean
}

/**
 * Say what is wrong with rollouts that somebody else made: read them in, make their calls again, measure all that asks
 * no model, and write a report, the tables and what can be kept. Needs no config, no key and no teacher.
 */
export async function audit(given: string, options: AuditOptions): Promise<void> {
  let how = ''
  const opened = async (listen: Listener) => {
    const limit = limitOf(options.limit)
    const own = options.config === undefined ? undefined : await loadConfig(options.config, listen)
    const files = filesOf(given)
    const reach = reachWith({ pins: passingPins(), listen })
    const { format, words } = await readAs(files, options.format, reach)
    how = words
    const source = limited(formats[format].make(files, rolloutOptions(options)), limit)
    const whole = auditSettings(nameOf(given), source, options, own)
    listen({ kind: 'note', message: words })
    return whole
  }
  await onRun(opened, { json: options.json ?? false, asks: 'anybody' }, async run => {
    await solveAndDecide(run)
    const allowed = options.config === undefined ? customs : []
    return resultOf(run, { given, readAs: how }, allowed)
  })
}

/** Status 11 where something was found: what was not looked at is never called right. */
async function resultOf(
  run: Run,
  about: { given: string; readAs: string },
  allowed: readonly string[],
): Promise<WorkResult> {
  const { folder } = run.config
  const { sources } = JSON.parse(await readFile(takenPath(folder), 'utf8'))
  const found = await auditOf(decidedRows(folder, run.store), { read: sources, allowed })
  const told = { ...about, folder }
  await writeFile(join(folder, 'audit.html'), auditPage(told, found))
  const text = printAudit(told, found)
  await writeFile(join(folder, 'audit.txt'), `${text}\n`)
  return { status: found.faults.length > 0 ? 11 : 0, result: { ...told, ...found }, text }
}

/** By the file, or by the folder that a pattern begins in: patterns end alike. */
const nameOf = (given: string): string =>
  `audit-${basename(given.replace(/\/[^/]*[*?{[].*$/, '').replace(/[/*]+$/, '')).replaceAll(/[^\w.-]+/g, '-') || 'rollouts'}`

function limitOf(limit: string | undefined): number | undefined {
  if (limit === undefined) return undefined
  const count = Number(limit)
  if (Number.isInteger(count) && count > 0) return count
  throw new ConfigError(`--limit ${limit}: it counts rows; give a whole number from 1`)
}

/** The first rows of a source alone. */
function limited(source: RolloutSource, limit: number | undefined): RolloutSource {
  if (limit === undefined) return source
  return {
    ...source,
    options: { ...source.options, limit },
    async *read(reach) {
      let count = 0
      for await (const each of source.read(reach)) {
        yield each
        if (++count === limit) return
      }
    },
  }
}
