import Type, { type Static } from 'typebox'
import { canonicalJson } from '../../schemas/hash.ts'
import { closed, count } from '../../schemas/options.ts'
import { Changes } from './verdicts.ts'

/** Flips of one kind, for the same reasons. */
export const FlipGroup = closed({
  from: Type.String(),
  /** `kept`, or stage and reason of the drop. */
  to: Type.String(),
  /** None where filters or selectors alone decide otherwise. */
  because: Changes,
  /** What the teacher did is another thing, too: it was asked anew, or otherwise. */
  anew: Type.Optional(Type.Literal(true)),
  count,
  /** Ids of a few of the tasks. */
  examples: Type.Array(Type.String()),
})
export type FlipGroup = Static<typeof FlipGroup>

/** A row that is decided about in another way than it was. */
export interface Flip extends Omit<FlipGroup, 'count' | 'examples'> {
  task: string
}

/** Counts flips, one at a time. */
export function flipGroups() {
  const groups = new Map<string, FlipGroup>()
  return {
    add({ task, from, to, because, anew }: Flip) {
      const kind = { from, to, because, ...(anew && { anew }) }
      const name = canonicalJson(kind)
      const group = groups.get(name) ?? { ...kind, count: 0, examples: [] }
      groups.set(name, group)
      group.count++
      if (group.examples.length < 3 && !group.examples.includes(task)) group.examples.push(task)
    },
    /** The most frequent first. */
    counted: (): FlipGroup[] => [...groups.values()].sort((a, b) => b.count - a.count),
  }
}
