import { gainOf } from '../../checks/judges/interval.ts'
import { chanceOf } from './chance.ts'
import { type ComparedRow, isKept, type SideName } from './compared-row.ts'
import type { RowComparison } from './comparison.ts'

type Group = RowComparison['groups'][number]
type By = Group['by']
type ChangedRow = RowComparison['rows'][number]

/** Which groups a row belongs to. */
const groupsOf = ({ category, teacher }: { category: string; teacher: string }): [By, string][] => [
  ['all', ''],
  ['category', category],
  ['teacher', teacher],
]

const noTally = (): Group['before'] => ({ rollouts: 0, kept: 0, input: 0, output: 0, usd: 0 })
const noGroup = (by: By, name: string): Group => ({
  ...{ by, name },
  ...{ before: noTally(), after: noTally() },
  ...{ lost: 0, gained: 0, p: null, change: null },
})

/** Counts yield and cost of all rows, by category and by teacher. */
export function groupCounter() {
  const groups = new Map<string, Group>()
  function groupOf(by: By, name: string): Group {
    const place = `${by} ${name}`
    const group = groups.get(place) ?? noGroup(by, name)
    groups.set(place, group)
    return group
  }
  groupOf('all', '')
  return {
    add(side: SideName, row: ComparedRow) {
      for (const [by, name] of groupsOf(row)) addRow(groupOf(by, name)[side], row)
    },
    /** `rows` are those that changed. Shares mean nothing where only kept rows are known. */
    counted(rows: readonly ChangedRow[], { aligned, yields }: { aligned: number; yields: boolean }): Group[] {
      const nets = netsOf(rows)
      for (const { change, ...row } of rows)
        if (change === 'lost' || change === 'gained')
          for (const [by, name] of groupsOf(row)) groupOf(by, name)[change]++
      return [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([place, group]) => (yields ? judged(group, nets.get(place), aligned > 0) : group))
    },
  }
}

function addRow(tally: Group['before'], row: ComparedRow) {
  const { used } = row
  tally.rollouts++
  if (isKept(row)) tally.kept++
  tally.input += used.input
  tally.output += used.output
  tally.usd = tally.usd === null || used.usd === null ? null : tally.usd + used.usd
}

/** By groups and tasks, how many more rows are kept than before. Rows of one task are alike: tasks are the trials. */
function netsOf(rows: readonly ChangedRow[]): Map<string, Map<string, number>> {
  const nets = new Map<string, Map<string, number>>()
  for (const { change, task, ...row } of rows) {
    if (change !== 'lost' && change !== 'gained') continue
    for (const [by, name] of groupsOf(row)) {
      const own = nets.get(`${by} ${name}`) ?? new Map<string, number>()
      nets.set(`${by} ${name}`, own.set(task, (own.get(task) ?? 0) + (change === 'gained' ? 1 : -1)))
    }
  }
  return nets
}

function judged(group: Group, nets: ReadonlyMap<string, number> = new Map(), isAligned: boolean): Group {
  const changes = [...nets.values()]
  const [better, worse] = [changes.filter(net => net > 0).length, changes.filter(net => net < 0).length]
  const [before, after] = [group.before, group.after].map(({ kept, rollouts }) => ({
    right: kept,
    of: rollouts,
  }))
  const isBoth = before && after && before.of > 0 && after.of > 0
  return {
    ...group,
    p: isBoth && isAligned ? chanceOf(better, worse) : null,
    change: isBoth ? gainOf(after, before) : null,
  }
}
