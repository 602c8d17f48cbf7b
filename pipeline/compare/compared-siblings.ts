import type { ComparedRow, SideName } from './compared-row.ts'
import type { RowComparison } from './comparison.ts'

type Siblings = RowComparison['siblings'][number]

/** What the samples of a teacher said of a task so far. */
interface Said {
  teacher: string
  said: string
  samples: number
  identical: boolean
}

/** Counts tasks of which a teacher said the same in all of its samples. */
export function siblingCounter() {
  const sides = { before: new Map<string, Said>(), after: new Map<string, Said>() }
  return {
    add(side: SideName, { task, teacher, said }: ComparedRow) {
      const name = JSON.stringify([task, teacher])
      const known = sides[side].get(name)
      if (!known) sides[side].set(name, { teacher, said, samples: 1, identical: true })
      else
        Object.assign(known, {
          samples: known.samples + 1,
          identical: known.identical && known.said === said,
        })
    },
    /** Of teachers who gave several samples, by name. */
    counted(): Siblings[] {
      const [before, after] = [countsOf(sides.before), countsOf(sides.after)]
      const none = { tasks: 0, identical: 0 }
      return [...new Set([...before.keys(), ...after.keys()])].sort().map(teacher => ({
        teacher,
        before: before.get(teacher) ?? none,
        after: after.get(teacher) ?? none,
      }))
    },
  }
}

function countsOf(said: ReadonlyMap<string, Said>): Map<string, Siblings['before']> {
  const counts = new Map<string, Siblings['before']>()
  for (const { teacher, samples, identical } of said.values()) {
    if (samples === 1) continue
    const { tasks, identical: before } = counts.get(teacher) ?? { tasks: 0, identical: 0 }
    counts.set(teacher, { tasks: tasks + 1, identical: before + (identical ? 1 : 0) })
  }
  return counts
}
