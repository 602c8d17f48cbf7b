import type { FlipGroup } from '../../pipeline/compare/flip-groups.ts'
import type { Change, CheckOutcome } from '../../pipeline/compare/verdicts.ts'
import { table } from '../printed-table.ts'

/** Flips for a person, in a table for each way in which a row may flip. */
export const flipTables = (flips: readonly FlipGroup[]): string[] =>
  kinds.flatMap(([title, is]) => {
    const own = flips.filter(is)
    return own.length > 0 ? [`\n${title}`, table(own.map(flipLine))] : []
  })

const kinds: [title: string, is: (group: FlipGroup) => boolean][] = [
  ['kept, now dropped', ({ from }) => from === 'kept'],
  ['dropped, now kept', ({ to }) => to === 'kept'],
  ['dropped for another reason', ({ from, to }) => from !== 'kept' && to !== 'kept'],
]

export const flipLine = (group: FlipGroup): string[] => [
  `${group.from} → ${group.to}`,
  `${group.count}`,
  becauseOf(group),
  group.examples.join(' '),
]

type Why = Pick<FlipGroup, 'because' | 'anew'> & Record<'from' | 'to', string | null>

/** The checks that say something else. Where none does, the rollout ended otherwise, or filters alone decide so. */
export function becauseOf({ because, anew, from, to }: Why): string {
  if (because.length > 0) return because.map(change => changeOf(change, anew)).join(', ')
  return [from, to].some(fate => fate?.startsWith('synthesize/')) ? 'the rollout itself' : 'filters'
}

/** `answer@1→2: other → passed`; of the same rollout, the same version with other options or code says so. */
function changeOf({ check, before, now }: Change, anew = false): string {
  const versions = [...new Set([before, now].flatMap(said => (said ? [said.version] : [])))].join('→')
  const isSame = before && now && before.version === now.version
  const options = isSame && !anew ? ' with other options or code' : ''
  return `${check}@${versions}${options}: ${wordOf(before)} → ${wordOf(now)}`
}

function wordOf(said: CheckOutcome | null): string {
  if (said === null) return 'not measured'
  return `${said.couldNotTell ? 'could not tell: ' : ''}${said.reason || 'passed'}`
}
