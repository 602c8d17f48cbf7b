import { alignment, type RolloutName } from './alignment.ts'
import { groupCounter } from './compared-groups.ts'
import { type ComparedRow, isKept, type SideName } from './compared-row.ts'
import { siblingCounter } from './compared-siblings.ts'
import { taskCounts } from './compared-tasks.ts'
import type { RowComparison } from './comparison.ts'
import { flipGroups } from './flip-groups.ts'
import { changesIn, kept } from './verdicts.ts'

type ChangedRow = RowComparison['rows'][number]
type ChangedAnswer = RowComparison['answers']['changed'][number]

/**
 * Compare rows, aligned by task, teacher and sample. Of the first side it holds names, verdicts, answers and hashes;
 * the second one streams. `yields` says whether dropped rows are among them, so that shares mean something.
 */
export async function compareRows(
  before: AsyncIterable<ComparedRow>,
  after: AsyncIterable<ComparedRow>,
  yields: boolean,
): Promise<RowComparison> {
  const olds = alignment<ComparedRow>()
  const all = openCounters()
  for await (const row of before) {
    all.seen('before', row)
    olds.put(row, { ...row, detail: '' })
  }
  for await (const row of after) {
    all.seen('after', row)
    all.add(olds.take(row), row)
  }
  for (const row of olds.left()) all.gone(row)
  return all.result(yields)
}

function openCounters() {
  const [groups, siblings, tasks, pairs] = [groupCounter(), siblingCounter(), taskCounts(), pairCounter()]
  const others = { new: { kept: 0, dropped: 0 }, gone: { kept: 0, dropped: 0 } }
  function alone(change: 'new' | 'gone', row: ComparedRow) {
    others[change][isKept(row) ? 'kept' : 'dropped']++
    pairs.rows.push(changed(change, change === 'gone' ? row : undefined, row))
  }
  return {
    seen(side: SideName, row: ComparedRow) {
      for (const counter of [groups, siblings, tasks]) counter.add(side, row)
    },
    add: (old: ComparedRow | undefined, row: ComparedRow) => (old ? pairs.add(old, row) : alone('new', row)),
    gone: (row: ComparedRow) => alone('gone', row),
    result(yields: boolean): RowComparison {
      const { rows, ...counts } = pairs.result()
      return {
        ...counts,
        ...others,
        tasks: tasks.counted(),
        siblings: siblings.counted(),
        groups: groups.counted(rows, { aligned: counts.aligned, yields }),
        rows,
      }
    },
  }
}

/** Counts rows that are on both sides. */
function pairCounter() {
  const counts = { aligned: 0, same: 0, lost: 0, gained: 0, otherwise: 0, saidTheSame: 0 }
  const answers = { both: 0, changed: [] as ChangedAnswer[] }
  const flips = flipGroups()
  const rows: ChangedRow[] = []
  return {
    rows,
    add(old: ComparedRow, row: ComparedRow) {
      counts.aligned++
      if (old.said === row.said) counts.saidTheSame++
      addAnswer(answers, old, row)
      const change = changeOf(old.verdict.fate, row.verdict.fate)
      counts[change]++
      if (change === 'same') return
      const found = changed(change, old, row)
      rows.push(found)
      flips.add({ ...found, from: old.verdict.fate, to: row.verdict.fate })
    },
    result: () => ({
      ...counts,
      answers: { ...answers, changed: answers.changed.sort(byName) },
      flips: flips.counted(),
      rows: rows.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || byName(a, b)),
    }),
  }
}

const order: ChangedRow['change'][] = ['lost', 'gained', 'otherwise', 'gone', 'new']

const changeOf = (from: string, to: string) =>
  from === to ? 'same' : from === kept ? 'lost' : to === kept ? 'gained' : 'otherwise'

function changed(change: ChangedRow['change'], old: ComparedRow | undefined, row: ComparedRow): ChangedRow {
  const { task, teacher, sample, category } = row
  const isBoth = old !== undefined && old !== row
  return {
    ...{ change, task, teacher, sample, category },
    from: old?.verdict.fate ?? null,
    to: old === row ? null : row.verdict.fate,
    because: isBoth ? changesIn(old.verdict, row.verdict) : [],
    ...(isBoth && old.key !== row.key && { anew: true }),
    detail: row.detail,
  }
}

function addAnswer(answers: RowComparison['answers'], old: ComparedRow, row: ComparedRow) {
  if (old.answer === null || row.answer === null) return
  answers.both++
  if (old.answer === row.answer) return
  const { task, teacher, sample, truth } = row
  const fates = { from: old.verdict.fate, to: row.verdict.fate }
  answers.changed.push({ task, teacher, sample, before: old.answer, after: row.answer, truth, ...fates })
}

const byName = (a: RolloutName, b: RolloutName): number =>
  compareTexts(a.task, b.task) || compareTexts(a.teacher, b.teacher) || a.sample - b.sample

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
