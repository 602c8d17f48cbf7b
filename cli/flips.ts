import { access } from 'node:fs/promises'
import { ConfigError } from '../pipeline/errors.ts'
import {
  type Change,
  type CheckOutcome,
  comparedRows,
  type FlipCounts,
  type FlipGroup,
  flipCounter,
} from '../pipeline/jobs/flips.ts'
import { guarded } from './guarded.ts'
import { type Format, onRun } from './on-run.ts'
import { table } from './printed-table.ts'

export const flips = (path: string, { json = false, against }: Format & { against?: string }) =>
  guarded(async () => {
    if (against !== undefined) await mustBeThere(against)
    await onRun(path, { json, asks: 'nobody' }, async (run, pause) => {
      const counter = flipCounter()
      for await (const each of comparedRows(run, against)) {
        counter.add(each)
        if (json && 'task' in each) console.log(JSON.stringify(each))
      }
      pause()
      console.log(json ? JSON.stringify(counter.counts()) : printFlips(counter.counts()))
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
    ...kinds.flatMap(([title, is]) => {
      const own = flips.filter(is)
      return own.length > 0 ? [`\n${title}`, table(own.map(line))] : []
    }),
    ...(unknown.length > 0
      ? [`\nnot known: a check has to ask a model, which \`kindling run\` does`, table(unknown.map(line))]
      : []),
    ...(fresh > 0 ? [`${fresh} rows were not decided then`] : []),
    ...(gone > 0 ? [`${gone} rows that were decided then are not planned any more`] : []),
  ].join('\n')
}

const kinds: [title: string, is: (group: FlipGroup) => boolean][] = [
  ['kept, now dropped', ({ from }) => from === 'kept'],
  ['dropped, now kept', ({ to }) => to === 'kept'],
  ['dropped for another reason', ({ from, to }) => from !== 'kept' && to !== 'kept'],
]

const line = ({ from, to, because, count, examples }: FlipGroup) => [
  `${from} → ${to}`,
  `${count}`,
  because.length > 0 ? because.map(changeOf).join(', ') : 'filters',
  examples.join(' '),
]

/** `answer@1→2: other → passed`; the same version with other options or other code says so. */
function changeOf({ check, before, now }: Change): string {
  const versions = [...new Set([before, now].flatMap(said => (said ? [said.version] : [])))].join('→')
  const options = before && now && before.version === now.version ? ' with other options or code' : ''
  return `${check}@${versions}${options}: ${wordOf(before)} → ${wordOf(now)}`
}

function wordOf(said: CheckOutcome | null): string {
  if (said === null) return 'not measured'
  return `${said.couldNotTell ? 'could not tell: ' : ''}${said.reason || 'passed'}`
}
