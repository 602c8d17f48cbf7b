import type { Drop } from './drop.ts'
import type { JsonObject } from './json.ts'
import type { ReplyUse } from './reply-use.ts'
import type { Task } from './task.ts'

/**
 * Where a task goes: to the teachers (`sft`, the cold start), into the pool of prompts for reinforcement learning, or
 * nowhere.
 */
export type Route = 'sft' | 'rl' | 'drop'

/** What all screens together made of a task. */
export interface Screening {
  /** As it is from then on: a screen may have put it into other words. Its id is the same. */
  task: Task
  route: Route
  /** The screen that decided, and its reason; both are empty where none did. */
  by: string
  reason: string
  detail: string
  /** What each screen counted, by its name, in order. */
  data: Record<string, JsonObject>
  /** What the replies behind it used, also those that were paid for before. Absent if that was not kept. */
  used?: readonly ReplyUse[]
}

/** What dropped a task. */
export const droppedBy = ({ by, reason, detail }: Pick<Screening, 'by' | 'reason' | 'detail'>): Drop => ({
  stage: 'screen',
  by,
  reason,
  detail,
  undecided: false,
})
