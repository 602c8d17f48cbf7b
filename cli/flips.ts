import { access } from 'node:fs/promises'
import type { FlipGroup } from '../pipeline/compare/flip-groups.ts'
import { ConfigError } from '../pipeline/errors.ts'
import { comparedRows, type FlipCounts, flipCounter } from '../pipeline/jobs/flips.ts'
import { flipLine, flipTables } from './comparing/flip-tables.ts'
import { guarded } from './guarded.ts'
import { jsonLine } from './lines/json-line.ts'
import { type Format, onRun } from './on-run.ts'
import { table } from './printed-table.ts'
import type { GivenTimes } from './scheduled/times.ts'

export const flips = (path: string, { against, ...options }: Format & GivenTimes & { against?: string }) =>
  guarded(async () => {
    if (against !== undefined) await mustBeThere(against)
    await onRun(path, { ...options, asks: 'nobody' }, async run => {
      const counter = flipCounter()
      for await (const each of comparedRows(run, against)) {
        counter.add(each)
        if (options.json && 'task' in each) console.log(jsonLine(each))
      }
      const counts = counter.counts()
      return { status: 0, result: { ...counts }, text: printFlips(counts) }
    })
  })

const mustBeThere = (against: string) =>
  access(against).catch(() => {
    throw new ConfigError(
      `--against ${against}: there is no such file; give a decisions.jsonl that was put aside`,
    )
  })

/** How many rows are decided otherwise, and why, for a person. */
export function printFlips({ same, flips, unknown, gone, new: fresh }: FlipCounts): string {
  const rows = (groups: readonly FlipGroup[]) => groups.reduce((sum, { count }) => sum + count, 0)
  const all = same + rows(flips) + rows(unknown)
  return [
    `${rows(flips)} of ${all} rows are decided otherwise${flips.length > 0 ? ':' : ''}`,
    ...flipTables(flips),
    ...(unknown.length > 0
      ? [`\nnot known: a check has to ask a model, which \`kindling run\` does`, table(unknown.map(flipLine))]
      : []),
    ...(fresh > 0 ? [`${fresh} rows were not decided then`] : []),
    ...(gone > 0 ? [`${gone} rows that were decided then are not planned any more`] : []),
  ].join('\n')
}
