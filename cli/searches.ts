import { writeSearchCache } from '../output/targets/search-cache.ts'
import { decidedRows } from '../pipeline/decide/decisions.ts'
import { ConfigError } from '../pipeline/errors.ts'
import { exportFrozen, importFrozen, type Staleness, stalenessOf } from '../pipeline/offline/searches-file.ts'
import type { Store } from '../store/store.ts'
import { table } from './printed-table.ts'

export interface SearchesOptions {
  /** Days. */
  older?: string
  /** Folders. */
  export?: string
  import?: string
  deepeyes?: string
  json?: boolean
}

/** What was written or read, and what the store holds now. */
export interface Searches {
  services: Staleness[]
  older: number
  imported: { imported: number; known: number } | undefined
  exported: number | undefined
  cached: number | undefined
}

/** Bring in, write out and report what services said in the run in a folder. */
export async function workOnSearches(store: Store, run: string, options: SearchesOptions): Promise<Searches> {
  const older = Number(options.older ?? 30)
  if (!(Number.isFinite(older) && older >= 0))
    throw new ConfigError(`--older: ${options.older} is no number of days; give one such as 30`)
  const { import: from, export: to, deepeyes } = options
  return {
    imported: from === undefined ? undefined : await importFrozen(store, from),
    exported: to === undefined ? undefined : await exportFrozen(store, to),
    cached: deepeyes === undefined ? undefined : await writeCache(store, run, deepeyes),
    services: await stalenessOf(store, older),
    older,
  }
}

async function writeCache(store: Store, run: string, folder: string): Promise<number> {
  async function* trajectories() {
    for await (const { measured } of decidedRows(run, store)) yield measured.trajectory
  }
  return writeSearchCache(trajectories(), folder, image => store.getBlob(image.sha256))
}

/** The same for a person. */
export function printSearches({ services, older, imported, exported, cached }: Searches): string {
  const rows = services.map(({ service, answers, oldest, newest, stale }) => [
    service,
    `${answers} stored`,
    `${day(oldest)} to ${day(newest)}`,
    `${stale} older than ${older} days (${Math.round((100 * stale) / answers)} %)`,
  ])
  return [
    ...(imported ? [`answers brought in: ${imported.imported}, there already: ${imported.known}`] : []),
    ...(exported === undefined ? [] : [`answers written: ${exported}`]),
    ...(cached === undefined ? [] : [`tasks whose image search was written: ${cached}`]),
    services.length > 0 ? table(rows) : 'no service was asked',
  ].join('\n')
}

const day = (at: string) => at.slice(0, 'yyyy-mm-dd'.length)
