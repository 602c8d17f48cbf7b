import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Route } from '../schemas/screening.ts'
import type { Task } from '../schemas/task.ts'
import type { Models, Teacher } from '../teachers/teacher.ts'

/**
 * What one screen makes of a task: it decides, or leaves that to the `next` one, maybe with other words for the same
 * task. `reason` is a stable snake_case code, `detail` is for a person, `data` is what was counted.
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
 * `screen` throws TeacherError where a model's provider failed: the task stays unscreened until the config is run
 * again.
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
