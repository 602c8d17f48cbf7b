import { relative } from 'node:path'
import { numberedExports } from '../../output/numbered/numbered-export.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { exportLink } from '../../pipeline/jobs/export.ts'
import { type Garbage, garbageOf, removeGarbage } from '../../pipeline/jobs/garbage.ts'
import { sizeWords } from '../lines/size-words.ts'
import { working } from '../run-folder.ts'
import { resultLine } from '../scheduled/head.ts'
import { harmless } from '../show.ts'

interface GcOptions {
  /** So many of the newest numbered exports stay. */
  keep?: string
  yes?: boolean
  json?: boolean
}

/** Say what of a run could go, and remove it if that is said. */
export const gc = (run: string | undefined, { keep, yes = false, json = false }: GcOptions) =>
  working(run, async (store, folder) => {
    const garbage = await garbageOf(folder, store, keep === undefined ? undefined : countOf(keep))
    if (yes) await removeGarbage(garbage)
    const numbered = (await numberedExports(exportLink(folder))).length
    const found = { run: folder, removed: yes, garbage, bytes: sum(garbage), numbered }
    console.log(json ? resultLine(found) : harmless(printed(found, keep)))
  })

function countOf(keep: string): number {
  const count = Number(keep)
  if (Number.isInteger(count) && count > 0) return count
  throw new ConfigError(`--keep: ${keep} is no number of exports; give a whole number from 1`)
}

const sum = (garbage: readonly Garbage[]) => garbage.reduce((total, { bytes }) => total + bytes, 0)

interface Found {
  run: string
  removed: boolean
  garbage: Garbage[]
  bytes: number
  /** Exports that are there. */
  numbered: number
}

const words: Record<Garbage['kind'], string> = {
  remains: 'remains of what was stopped or refused',
  exports: 'older numbered exports',
  blobs: 'pictures that nothing in the store names',
}

function printed({ run, removed, garbage, bytes, numbered }: Found, keep: string | undefined): string {
  const lines = garbage
    .filter(({ paths }) => paths.length > 0)
    .map(each => `  ${words[each.kind]}: ${listed(run, each)} (${sizeWords(each.bytes)})`)
  const more =
    keep === undefined && numbered > 1
      ? [`${numbered} numbered exports stay; --keep <count> keeps only the last`]
      : []
  if (lines.length === 0) return [`${run}: nothing could go`, ...more].join('\n')
  const done = removed ? `${run}: ${sizeWords(bytes)} are removed` : `${run}: ${sizeWords(bytes)} could go`
  return [done, ...lines, ...more, ...(removed ? [] : ['nothing was removed; --yes removes it'])].join('\n')
}

/** A blob's name tells nobody anything. */
const listed = (run: string, { kind, paths }: Garbage): string =>
  kind === 'blobs' ? String(paths.length) : paths.map(path => relative(run, path)).join(', ')
