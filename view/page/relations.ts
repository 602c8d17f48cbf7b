import type { RowLine } from './row-line.ts'

/** How rows belong together. */
export interface Relations {
  with(key: string | null): RowLine | undefined
  /** All rollouts of its task, itself among them. */
  siblings(row: RowLine): readonly RowLine[]
  /** In what the rollouts of its task disagree. */
  disagreements(row: RowLine): readonly Disagreement[]
  /** A sibling that was decided otherwise, or else one that answered otherwise. */
  opposite(row: RowLine): RowLine | undefined
  /** Rows that are named where its drop is explained, such as the one that it is a duplicate of. */
  named(row: RowLine): readonly RowLine[]
  /** Rows whose drop is explained by this one. */
  naming(row: RowLine): readonly RowLine[]
}

export type Disagreement = 'decided differently' | 'answered differently'

/** Digits of a key by which details name a row. */
const digits = 12

export function relationsOf(rows: readonly RowLine[]): Relations {
  const byKey = new Map(rows.map(row => [row.key, row]))
  const byStart = new Map(rows.map(row => [row.key.slice(0, digits), row]))
  const byTask = Map.groupBy(rows, ({ task_id }) => task_id)
  const named = (row: RowLine) =>
    startsIn(row)
      .flatMap(start => byStart.get(start) ?? [])
      .filter(other => other !== row)
  const naming = Map.groupBy(
    rows.flatMap(row => named(row).map(other => ({ row, other }))),
    ({ other }) => other,
  )
  const disagreements = new Map([...byTask].map(([task, all]) => [task, disagreementsOf(all)]))
  const siblings = ({ task_id }: RowLine) => byTask.get(task_id) ?? []
  return {
    with: key => (key === null ? undefined : byKey.get(key)),
    siblings,
    disagreements: ({ task_id }) => disagreements.get(task_id) ?? [],
    opposite: row =>
      siblings(row).find(other => other.kept !== row.kept) ??
      siblings(row).find(other => other.teacher_answer !== row.teacher_answer),
    named,
    naming: row => (naming.get(row) ?? []).map(({ row }) => row),
  }
}

const startsIn = ({ detail }: RowLine): string[] => detail?.match(/\b[0-9a-f]{12}\b/g) ?? []

function disagreementsOf(rows: readonly RowLine[]): Disagreement[] {
  const [first] = rows
  const found: Disagreement[] = []
  if (rows.some(({ kept }) => kept !== first?.kept)) found.push('decided differently')
  if (rows.some(({ teacher_answer }) => teacher_answer !== first?.teacher_answer))
    found.push('answered differently')
  return found
}
