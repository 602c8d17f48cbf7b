import type { Trajectory } from '../../schemas/trajectory.ts'

/** Which rollout a row is of, whatever it was asked with and in whichever generation. */
export interface RolloutName {
  task: string
  teacher: string
  sample: number
}

/**
 * Finds the other row of the same rollout. It holds the rows that were put and not taken yet. Where a name stands more
 * than once, they are taken in the order in which they were put; all are put before one is taken.
 */
export function alignment<Row>() {
  const waiting = new Map<string, Row>()
  /** How often names were put that stand more than once, and how often they were taken. */
  const repeated = new Map<string, { put: number; taken: number }>()
  return {
    put(name: RolloutName, row: Row) {
      const text = textOf(name)
      const times = repeated.get(text) ?? { put: waiting.has(text) ? 1 : 0, taken: 0 }
      if (times.put > 0) repeated.set(text, times)
      waiting.set(placeOf(text, times.put++), row)
    },
    take(name: RolloutName): Row | undefined {
      const text = textOf(name)
      const times = repeated.get(text)
      const place = times ? placeOf(text, times.taken++) : text
      const row = waiting.get(place)
      waiting.delete(place)
      return row
    },
    /** Rows that nobody took, in the order in which they were put. */
    left: (): Iterable<Row> => waiting.values(),
  }
}

const textOf = ({ task, teacher, sample }: RolloutName): string => JSON.stringify([task, teacher, sample])

const placeOf = (text: string, earlier: number) => (earlier === 0 ? text : `${text} ${earlier}`)

/** A damaged record may be without a task. */
export const rolloutOf = ({ task, teacher, sample }: Pick<Trajectory, 'task' | 'teacher' | 'sample'>) => ({
  task: task?.id ?? '',
  teacher: teacher?.name ?? '',
  sample,
})
