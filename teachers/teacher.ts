import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { Part } from '../schemas/task.ts'
import type { Reply, ToolSpec, Turn } from '../schemas/trajectory.ts'

/** What a teacher is asked: provider-neutral and lossless. Each teacher maps it to its wire. */
export interface TeacherRequest {
  system: string
  question: Part[]
  turns: readonly Turn[]
  tools: readonly ToolSpec[]
  /** Which of several independent answers to the same question this is. */
  sample: number
  /** Tokens. */
  maxTokens: number
  bytes(image: Image): Promise<Uint8Array>
}

/** What a provider allows. The rates are kept by all processes that share a limiter, `concurrency` by each of its own. */
export interface TeacherLimits {
  requestsPerMinute?: number
  /** Tokens in and out. */
  tokensPerMinute?: number
  /** Calls under way at once; fewer while the provider refuses some. */
  concurrency?: number
  /** Whose limits these are: teachers that name the same account share them. Each its own by default. */
  account?: string
}

/**
 * A model that answers. It throws only when the provider failed, never for what the model said.
 * `options` is plain data without keys: it goes into the manifest and into a rollout's identity.
 */
export interface Teacher {
  name: string
  options: JsonObject
  /** Rollouts per task. */
  samples: number
  limits?: TeacherLimits
  /** The same model by several keys or addresses, each with limits of its own. They are asked in its place. */
  endpoints?: readonly Teacher[]
  /** Asks once: whoever asks decides about another try. */
  ask(request: TeacherRequest, signal: AbortSignal): Promise<Reply>
  /** Lets go of what it holds open, if anything. */
  close?(): Promise<void>
}

export interface Failure {
  /** A wrong key, no such model, no money, nobody at the address: stops the run, because every next call would fail too. */
  fatal: boolean
  /** Another try may succeed. One that is fatal too stops the run only when it fails again and again. */
  transient?: boolean
  /** There was too much to do: fewer calls at once, please. */
  overloaded?: boolean
  /** What the provider asks to wait before the next try, in milliseconds. */
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** The provider failed. */
export class TeacherError extends Error {
  override name = 'TeacherError'
  readonly fatal: boolean
  readonly transient: boolean
  readonly overloaded: boolean
  readonly retryAfterMs: number | undefined
  constructor(message: string, { fatal, transient, overloaded, retryAfterMs, cause }: Failure) {
    super(message, { cause })
    this.fatal = fatal
    this.transient = transient ?? false
    this.overloaded = overloaded ?? false
    this.retryAfterMs = retryAfterMs
  }
}
