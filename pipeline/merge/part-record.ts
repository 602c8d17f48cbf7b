import { createHash } from 'node:crypto'
import { hashOf } from '../../schemas/hash.ts'
import { contentOf, type Task } from '../../schemas/task.ts'
import type { Store } from '../../store/store.ts'
import type { Settings } from '../config.ts'
import { whoIsAsked } from '../plan.ts'
import { type Conditions, changed, conditions, differences } from '../rollout-conditions.ts'
import type { RunPart } from '../run-part.ts'
import { withoutImages } from '../without-images.ts'

/** What is asked, and under which conditions: of tasks with images, and of those without. */
interface PartAsked {
  conditions: [Conditions, Conditions]
  by: ReturnType<typeof whoIsAsked>
}

/** What the store of a part says of it. */
export interface PartRecord extends RunPart {
  asked: PartAsked
  /** How often everything was asked anew. */
  generation: number
  tasks: TasksSum
  /** It came to its end. */
  finished: boolean
}

export interface TasksSum {
  count: number
  /** Equal for the same tasks in the same order. */
  sum: string
}

const key = 'part'

export const readPartRecord = (store: Store): Promise<PartRecord | undefined> => store.get('parts', key)

/** Put down how far a part is; in one commit, so that a kill leaves the one before. */
export async function notePart(store: Store, record: PartRecord): Promise<void> {
  await Promise.all([store.delete('parts', key), store.put<PartRecord>('parts', key, record)])
}

export const askedIn = (config: Settings): PartAsked => ({
  conditions: [conditions(config), conditions(withoutImages(config))],
  by: whoIsAsked(config),
})

/** What was asked otherwise in a part than a config has it, in the words of the config. */
export function askedOtherwise({ asked }: PartRecord, config: Settings): string[] {
  const now = askedIn(config)
  const roles = Object.keys(config.prompts)
  const [images, words] = [0, 1].map(kind =>
    differences(asked.conditions[kind] as Conditions, now.conditions[kind] as Conditions, roles),
  )
  return [...new Set([...(images ?? []), ...(words ?? []), ...changed(asked.by, now.by)])]
}

/** Sums up tasks as they are added. Where their rows stood is no part of it. */
export function tasksSum() {
  const hash = createHash('sha256')
  let count = 0
  return {
    add(task: Task) {
      hash.update(hashOf(contentOf(task)))
      count++
    },
    sum: (): TasksSum => ({ count, sum: hash.digest('hex') }),
  }
}
