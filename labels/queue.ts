import type { RowLabel } from './label.ts'

/** A row as a queue sees it. */
export interface QueueRow {
  key: string
  task: string
  category: string
  kept: boolean
  /** Checks that it failed. */
  failed: readonly string[]
  /** Checks whose judges did not say the same. */
  split?: readonly string[] | undefined
}

/** Why a label helps here, those that help most first. */
export const queueReasons = [
  'people_disagree',
  'label_against_decision',
  'siblings_disagree',
  'near_threshold',
  'sample',
] as const
export type QueueReason = (typeof queueReasons)[number]

export interface Queued {
  key: string
  task: string
  why: QueueReason
  /** The same for a person. */
  detail: string
}

interface Queueing {
  /** Whose queue it is: rows of which they said something are left out. Without, all that are labelled are. */
  by?: string | undefined
  /** How far the share of bad rows that a sample tells may be from the true one, such as 0.05. */
  error: number
}

type Labels = ReadonlyMap<string, RowLabel>

/**
 * Rows in the order in which labels of them help most. Where people disagree comes first; then, in turn, a row of each
 * other reason, so that no reason hides the others. Keys are hashes, so their order is a random one that stays.
 */
export function queueOf(rows: readonly QueueRow[], labels: Labels, { by, error }: Queueing): Queued[] {
  const saidOf = (key: string) => labels.get(key)?.said ?? []
  // A second opinion is wanted of labelled rows, too.
  const second = rows.filter(row => by === undefined || !saidOf(row.key).some(each => each.by === by))
  const first = second.filter(row => saidOf(row.key).length === 0 || by !== undefined)
  const sample = labelSample(rows, error)
  const isFirst = new Set(first.map(keyOf))
  return distinct([
    ...second.flatMap(row => torn(row, labels.get(row.key))),
    ...inTurn([
      second.flatMap(row => contradicted(row, labels.get(row.key))),
      siblingsApart(rows).filter(({ key }) => isFirst.has(key)),
      first.flatMap(near),
      first.flatMap(row =>
        sample.has(row.key) ? queued(row, 'sample', `${row.category}, drawn by chance`) : [],
      ),
    ]),
  ])
}

const keyOf = ({ key }: QueueRow): string => key

const queued = ({ key, task }: QueueRow, why: QueueReason, detail: string): Queued => ({
  key,
  task,
  why,
  detail,
})

function torn(row: QueueRow, label: RowLabel | undefined): Queued[] {
  return label?.label === 'disagreement'
    ? [queued(row, 'people_disagree', `${label.by.join(', ')} disagree`)]
    : []
}

/** A label that says the opposite of what was decided: one of the two is wrong. */
function contradicted(row: QueueRow, label: RowLabel | undefined): Queued[] {
  const { kept, failed } = row
  const [person = ''] = label?.by ?? []
  if (label?.label === 'bad' && kept)
    return [queued(row, 'label_against_decision', `kept, but ${person} calls it bad`)]
  if (label?.label === 'good' && failed.length > 0)
    return [queued(row, 'label_against_decision', `failed ${failed.join(', ')}, but ${person} calls it good`)]
  return []
}

/** Rollouts of one task of which some were kept and some dropped. */
function siblingsApart(rows: readonly QueueRow[]): Queued[] {
  const tasks = [...Map.groupBy(rows, ({ task }) => task).values()]
  return tasks
    .filter(all => all.some(({ kept }) => kept) && all.some(({ kept }) => !kept))
    .flatMap(all => {
      const kept = all.filter(row => row.kept).length
      return all.map(row =>
        queued(row, 'siblings_disagree', `${kept} of ${all.length} rollouts of its task were kept`),
      )
    })
}

/** A single check, or a single judge, more or less would have decided otherwise. */
function near(row: QueueRow): Queued[] {
  const { kept, failed, split = [] } = row
  if (split.length > 0) return [queued(row, 'near_threshold', `the judges of ${split.join(', ')} disagree`)]
  return !kept && failed.length === 1
    ? [queued(row, 'near_threshold', `dropped by ${failed.join()} alone`)]
    : []
}

/** One of each line after the other. */
const inTurn = (lines: readonly Queued[][]): Queued[] =>
  Array.from({ length: Math.max(...lines.map(({ length }) => length)) }, (_, place) =>
    lines.flatMap(line => line[place] ?? []),
  ).flat()

/** Each row once, for the first reason that it has. */
function distinct(all: readonly Queued[]): Queued[] {
  const reasons = new Map<string, Queued>()
  for (const each of all) if (!reasons.has(each.key)) reasons.set(each.key, each)
  return [...reasons.values()]
}

/** The 0.975 quantile of the normal distribution: what is said holds in 19 of 20 samples. */
const quantile = 1.959963984540054

/**
 * Rows to draw of so many, so that a share of them is at most `error` from that of all, in 19 of 20 samples and
 * whatever the share is (Cochran, Sampling Techniques, 3rd edition, 1977, section 4.4, with p = 1/2).
 */
export function sampleSize(all: number, error: number): number {
  const ofMany = (quantile / error) ** 2 / 4
  return Math.min(all, Math.ceil(ofMany / (1 + (ofMany - 1) / all)))
}

/** A sample of the kept rows in which each category has its share. Those of a larger sample hold it nearly whole. */
export function labelSample(rows: readonly QueueRow[], error: number): Set<string> {
  const kept = rows.filter(row => row.kept)
  if (kept.length === 0) return new Set()
  const share = sampleSize(kept.length, error) / kept.length
  const strata = [...Map.groupBy(kept, ({ category }) => category).values()].map(stratum =>
    stratum.map(keyOf).sort(),
  )
  const sizes = strata.map(({ length }) => Math.floor(length * share))
  let rest = sampleSize(kept.length, error) - sizes.reduce((sum, size) => sum + size, 0)
  const byRest = strata.map((stratum, index) => ({
    index,
    rest: stratum.length * share - (sizes[index] ?? 0),
  }))
  for (const { index } of byRest.sort((a, b) => b.rest - a.rest))
    if (rest-- > 0) sizes[index] = (sizes[index] ?? 0) + 1
  return new Set(strata.flatMap((stratum, index) => stratum.slice(0, sizes[index])))
}
