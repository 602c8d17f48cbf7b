import type { Environment } from '../schemas/cell.ts'
import type { ReplyUse } from '../schemas/reply-use.ts'
import type { Observation, ToolCall } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import type { Models, Teacher } from '../teachers/teacher.ts'
import type { ToolContext } from '../tools/tool.ts'
import type { Leader } from '../workers/worker-pool.ts'
import type { Asking, Batches } from './ask.ts'
import type { Settings } from './config.ts'
import type { Deadline } from './deadline.ts'
import type { Listener } from './progress.ts'

/** Make one call. What the teacher got wrong becomes an observation that it is shown; anything else throws. */
export type Observe = (call: ToolCall, context: ToolContext) => Promise<Observation>

/** A call of a rollout: the `index`-th of its turn, both counted from 0. */
export interface MadeCall {
  rollout: string
  turn: number
  index: number
  call: ToolCall
}

/**
 * What all stages work with. It is opened once and handed on, so what is learned of a provider and what is spent live
 * as long as the run. A function that needs one part of it changed spreads it: `{ ...run, listen }`.
 */
export interface Run extends Asking {
  config: Settings
  store: Store
  listen: Listener
  /** Aborts what is under way. If work fails, the signal of the work done beside it aborts, too. */
  signal: AbortSignal
  /** Asking a model that answers in batches throws `Waiting`; these say when it is to be asked again. */
  batches: Batches
  /**
   * Models for checks or screens, where one of these names any; `note` is told what each reply used. Without, asking
   * rejects.
   */
  models(
    askers: readonly { models?: readonly Teacher[] }[],
    note?: (uses: readonly ReplyUse[]) => void,
  ): Models
  /** Makes the calls of the config's tools. */
  observe: Observe
  /** What a call gave before, where it is not to be made; undefined where it is. */
  recorded?(made: MadeCall): Promise<Observation | undefined>
  /** What a call that is to be made gave when it was made before: replies were given to that. */
  before?(made: MadeCall): Promise<Observation | undefined>
  /** The system prompt that a rollout was made under, where it is made again. */
  told?(rollout: string): Promise<string | undefined>
  /** What Python there is. Throws SandboxError where there is none. */
  environment(): Promise<Environment>
  /** How often everything was asked anew: each time has answers of its own. */
  generation: number
  /** Until when work may be begun, where that was limited. */
  deadline?: Deadline | undefined
  /** Has workers solve and measure in the place of this process. */
  leader?: Pick<Leader, 'hand'> | undefined
}
