import type { Drop } from '../schemas/drop.ts'
import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { ReplyUse } from '../schemas/reply-use.ts'
import type { Task } from '../schemas/task.ts'
import type { Models } from '../teachers/models.ts'
import type { Teacher } from '../teachers/teacher.ts'

/**
 * Where a task goes: to the teachers (`sft`, the cold start), into the pool of prompts for reinforcement learning, or nowhere.
 */
export type Route = 'sft' | 'rl' | 'drop'

/**
 * What one screen makes of a task: it decides, or leaves that to the `next` one, maybe with other words for the same task.
 * `reason` is a stable snake_case code, `detail` is for a person, `data` is what was counted.
 */
export type Screened =
  | { route: Route; reason: string; detail: string; data: JsonObject }
  | { route: 'next'; data: JsonObject; task?: Task }

export interface ScreenContext {
  models: Models
  signal: AbortSignal
}

/**
 * Looks at a task before a teacher is paid for it. `version` rises whenever the same task could come out differently.
 * `screen` throws TeacherError where a model's provider failed: the task stays unscreened until the config is run again.
 */
export interface Screen {
  name: string
  version: number
  options: JsonObject
  /** Models that it asks, which costs money; none where it is free. */
  models?: readonly Teacher[]
  screen(task: Task, context: ScreenContext): Promise<Screened>
}

export const Screen = thing<Screen>('a screen', 'wellPosed({ models: [judge] })', {
  name: 'string',
  version: 'number',
  options: 'object',
  screen: 'function',
})

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
  /** What each reply used that this rests on, also those that were paid for before. Absent where that was not kept. */
  used?: readonly ReplyUse[]
}

export const next = (data: JsonObject = {}, task?: Task): Screened => ({
  route: 'next',
  data,
  ...(task && { task }),
})

export const route = (
  route: Route,
  reason: string,
  detail = '',
  data: JsonObject = {},
): Extract<Screened, { reason: string }> => ({ route, reason, detail, data })

/** What dropped a task. */
export const droppedBy = ({ by, reason, detail }: Pick<Screening, 'by' | 'reason' | 'detail'>): Drop => ({
  stage: 'screen',
  by,
  reason,
  detail,
  undecided: false,
})
