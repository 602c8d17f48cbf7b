import type { Task } from '../schemas/task.ts'
import { extremesOf } from './picture-choices.ts'
import type { TakenPicture } from './take-picture.ts'

/** What became of the pictures of tasks, each counted for every task that has it. */
export interface PicturesSaid {
  /** In lines for a person; none where nothing is unusual. */
  lines: string[]
  /** What was changed of them, with a few tasks that have such; null where nothing was. */
  note: { about: string; counts: Record<string, number>; examples: string[] } | null
}

const mostExamples = 3
const hint =
  "which processors of Qwen models refuse; `pictures: { extreme: 'refuse' }` in the task source names them"

export function pictureTally() {
  const [changes, extremes] = [counter(), counter()]
  const examples: string[] = []
  let [pictures, drawnAnew] = [0, 0]
  return {
    add({ id }: Pick<Task, 'id'>, taken: readonly TakenPicture[]) {
      const changed = taken.filter(({ changes }) => changes.length > 0)
      pictures += taken.length
      drawnAnew += changed.length
      for (const picture of taken) {
        picture.changes.forEach(changes.add)
        extremesOf(picture.image).forEach(extremes.add)
      }
      if (changed.length > 0 && examples.length < mostExamples) examples.push(id)
    },
    said(): PicturesSaid {
      const counts = { pictures, 'drawn anew': drawnAnew, ...changes.counts }
      const list = Object.entries(changes.counts).map(([change, count]) => `${count} ${change}`)
      const anew = `${drawnAnew} of ${pictures} pictures were drawn anew, so that everyone sees the same: ${list.join(', ')}`
      const unusual = Object.entries(extremes.counts).map(
        ([extreme, count]) => `${count} of ${pictures} pictures are ${extreme}, ${hint}`,
      )
      return drawnAnew > 0
        ? { lines: [anew, ...unusual], note: { about: 'pictures of tasks', counts, examples } }
        : { lines: unusual, note: null }
    },
  }
}

function counter() {
  const counts: Record<string, number> = {}
  const add = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  return { counts, add }
}
