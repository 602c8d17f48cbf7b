import type { ComparedRow, SideName } from './compared-row.ts'
import type { RowComparison } from './comparison.ts'

/** Counts tasks that have rows, and remembers what they ask. */
export function taskCounts() {
  const sides = { before: new Map<string, string>(), after: new Map<string, string>() }
  return {
    add: (side: SideName, { task, asked }: ComparedRow) => void sides[side].set(task, asked),
    counted(): RowComparison['tasks'] {
      const { before, after } = sides
      const both = [...after].filter(([task]) => before.has(task))
      return {
        both: both.length,
        onlyBefore: [...before.keys()].filter(task => !after.has(task)).sort(),
        onlyAfter: [...after.keys()].filter(task => !before.has(task)).sort(),
        changed: both.flatMap(([task, asked]) => (before.get(task) === asked ? [] : [task])).sort(),
      }
    },
  }
}
