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

/**
 * A model that answers. It throws only when the provider failed, never for what the model said.
 * `options` is plain data without keys: it goes into the manifest and into a rollout's identity.
 */
export interface Teacher {
  name: string
  options: JsonObject
  /** Rollouts per task. */
  samples: number
  /** The teacher below it on a ladder: it is asked only about what that one did not solve. */
  after?: string
  ask(request: TeacherRequest, signal: AbortSignal): Promise<Reply>
  /** Lets go of what it holds open, if anything. */
  close?(): Promise<void>
}

/** The provider failed. `fatal` ones (a wrong key, no such model, no money) stop the run: every next call would fail too. */
export class TeacherError extends Error {
  override name = 'TeacherError'
  readonly fatal: boolean
  constructor(message: string, { fatal, cause }: { fatal: boolean; cause?: unknown }) {
    super(message, { cause })
    this.fatal = fatal
  }
}
