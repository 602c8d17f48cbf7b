import type { Tool } from '../tools/tool.ts'

/** The config does not make sense; one line says which field and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** What a run may use is used up: work that is under way ends, and no more is begun. What was done is kept. */
export class UsedUp extends Error {}

/** The money is. A run with a higher budget goes on from there. */
export class BudgetError extends UsedUp {
  override name = 'BudgetError'
}

/** The time is. A run with a later deadline goes on from there. */
export class DeadlineError extends UsedUp {
  override name = 'DeadlineError'
}

type What = 'reply' | 'search'

/** The rollout that needs it. */
interface Needing {
  task: { id: string }
  teacher: { name: string }
  sample: number
}

/** A reply, or what a search found, that is needed where nobody may be asked was never stored. */
export class NotStored extends Error {
  override name = 'NotStored'
  readonly what: What
  readonly turn: number
  constructor(what: What, turn: number, by?: Needing) {
    const where = by ? `task ${by.task.id}, teacher ${by.teacher.name}, sample ${by.sample}, ` : ''
    super(`${where}turn ${turn}: its ${what} is not in the store; run the config again, then replay it`)
    this.what = what
    this.turn = turn
  }
}

/** The reply will be in the store later: whoever asked gives its place back until then. */
export class Waiting extends Error {
  override name = 'Waiting'
  /** The request key. */
  readonly id: string
  constructor(id: string) {
    super('waiting for a batch')
    this.id = id
  }
}

/** A tool broke without the teacher's doing: a search service is down, a server is gone. */
export class ToolFailure extends Error {
  override name = 'ToolFailure'
  /** The tool that threw the cause; absent where that is only remembered. */
  readonly tool: Tool | undefined
  constructor(message: string, { tool, cause }: { tool?: Tool; cause?: unknown } = {}) {
    super(message, { cause })
    this.tool = tool
  }
}
