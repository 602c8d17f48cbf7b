import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Task } from '../schemas/task.ts'

/** Why something is not shown: where it comes from, or because it holds the task's question or one of a benchmark. */
export type Leak = 'host' | 'question' | 'benchmark'

/** What it says about one task: null where nothing is wrong. */
export interface LeakJudge {
  /** About something to be asked for, such as the address of a page. */
  query(asked: JsonObject): Leak | null
  /** About one result, or one page, as plain data. */
  result(found: unknown): Leak | null
}

/**
 * Keeps results from teachers that would give a task away instead of helping to solve it. It knows task and answer; the
 * tools and the teacher do not.
 */
export interface LeakGuard {
  name: string
  options: JsonObject
  judge(task: Task): LeakJudge
}

export const LeakGuard = thing<LeakGuard>('a leak guard', 'await leakGuard()', {
  name: 'string',
  options: 'object',
  judge: 'function',
})
