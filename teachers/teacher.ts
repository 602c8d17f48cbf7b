import Type, { type Static } from 'typebox'
import type { Prompt } from '../prompts/prompt.ts'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import { closed, count, filledText, thing } from '../schemas/options.ts'
import type { Usage } from '../schemas/reply-use.ts'
import { screenLine } from '../schemas/screen-line.ts'
import type { Part, Task } from '../schemas/task.ts'
import type { Outcome, Reply, Stop, ToolKinds, ToolSpec, Turn } from '../schemas/trajectory.ts'

/** What a teacher is asked: provider-neutral and lossless. Each teacher maps it to its wire. */
export interface TeacherRequest {
  system: string
  question: Part[]
  /** The observations of a reply without calls answer none: they are said as a user. */
  turns: readonly Turn[]
  tools: readonly ToolSpec[]
  /** What these are for. It is no part of what is asked. */
  kinds?: ToolKinds
  /** Which of several independent answers to the same question this is. */
  sample: number
  /** Tokens. */
  maxTokens: number
  /** The JSON schema that the reply is held to, on wires that can say so. */
  schema?: JsonObject
  /** Where the reply is to end, on wires that can say so. */
  stop?: readonly string[]
  bytes(image: Image): Promise<Uint8Array>
}

/**
 * What a provider allows. The rates are kept by all processes that share a limiter, `concurrency` by each of its own.
 */
export const TeacherLimits = closed({
  requestsPerMinute: Type.Optional(count),
  /** Tokens in and out. */
  tokensPerMinute: Type.Optional(count),
  /** Calls under way at once; fewer while the provider refuses some. */
  concurrency: Type.Optional(count),
  /** Whose limits these are: teachers that name the same account share them. Each its own by default. */
  account: Type.Optional(filledText),
})
export type TeacherLimits = Static<typeof TeacherLimits>

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
  /** What it is told in place of the config's system prompt, where its protocol has its own. */
  instructions?(tools: readonly ToolSpec[], kinds: ToolKinds, images: number): string
  /** Why it can never call one of a run's tools, in a line, where its protocol has no way to. */
  uncallable?(kinds: ToolKinds): string | undefined
  limits?: TeacherLimits
  /** Nobody tells it how long a reply may be, so what one can cost has no bound. */
  endless?: boolean
  /** The same model by several keys or addresses, each with limits of its own. They are asked in its place. */
  endpoints?: readonly Teacher[]
  /** The same with its thoughts where they stand in the text, for a protocol that reads them there. */
  verbatim?: Teacher
  /**
   * Throws TeacherError where it cannot be asked, as for want of a key. Called before a run that may ask it spends
   * anything.
   */
  ready?(): void
  /** Lines that a user ought to know before it is asked, each said once in a run. */
  warnings?(): readonly string[]
  /** Asks once: whoever asks decides about another try, and goes on with a reply that paused. */
  ask(request: TeacherRequest, signal: AbortSignal): Promise<Reply>
  /** Set if it is asked in batches, which cost less and take up to a day, instead of one by one. */
  batch?: Batching
  /** Lets go of what it holds open, if anything. */
  close?(): Promise<void>
}

export const Teacher = thing<Teacher>('a teacher', "openai({ model: 'gpt-5' })", {
  name: 'string',
  options: 'object',
  samples: 'number',
  ask: 'function',
})

/** What is handed in together. */
export interface BatchItem {
  /** 64 hexadecimal digits; comes back with the reply. */
  id: string
  request: TeacherRequest
}

/**
 * `again` where handing it in once more may help; `fatal` where nothing else would fare better; `refused` is what the
 * server says against this request itself.
 */
export type BatchResult =
  | { id: string; reply: Reply }
  | { id: string; message: string; again: boolean; fatal?: boolean; refused?: string }

/**
 * A batch that is not done says in a `word` what is odd about that. `problem` says why those that have no result have
 * none: the batch ended (which is meant where nothing is said), or too much was queued to take it, or it or its results
 * are not there, any more or not yet.
 */
export type BatchState =
  | { done: false; word?: string | undefined }
  | { done: true; how?: BatchEnd; results: AsyncIterable<BatchResult>; problem: string }
export type BatchEnd = 'ended' | 'crowded' | 'lost'

/** A provider's batches. Every method throws TeacherError where the provider failed. */
export interface Batching {
  /** At most this goes into one batch; `bytes` as they are sent, images included. */
  limits: { requests: number; bytes: number }
  /** Milliseconds between two looks. */
  pollEvery: number
  /** Hand in a batch, once, under a name of our own; gives the provider's name of it. */
  submit(name: string, items: readonly BatchItem[], signal: AbortSignal): Promise<string>
  /** Whether a request that was refused in these words will be put otherwise when it is handed in again. */
  rephrases?(id: string, refused: string, request: TeacherRequest): Promise<boolean>
  /** The provider's name of what was handed in under a name of ours; undefined if that never arrived. */
  find(name: string, ids: readonly string[], signal: AbortSignal): Promise<string | undefined>
  /** `kinds` says what the run's tools are for, to those that call them by that. */
  poll(ref: string, signal: AbortSignal, kinds?: ToolKinds): Promise<BatchState>
}

export interface Failure {
  /** Of the answer, or what its body says that it would have been. */
  status?: number | undefined
  /**
   * A wrong key, no such model, no money, nobody at the address: stops the run, because every next call would fail too.
   */
  fatal: boolean
  /** Another try may succeed. One that is fatal too stops the run only when it fails again and again. */
  transient?: boolean
  /** There was too much to do: fewer calls at once, please. */
  overloaded?: boolean
  /** What the provider asks to wait before the next try, in milliseconds. */
  retryAfterMs?: number | undefined
  /**
   * It is fatal only where nothing was answered before at the same address with the same key. Else it is the request's
   * own: it asks for something that is not there or not allowed (`place`), or the `key` will be taken again.
   */
  doubtful?: 'key' | 'place' | undefined
  /** Nobody is there now; whoever answered before is waited for. */
  gone?: boolean
  /** It is no fault: the reply paused, and the part that came used this. Asking the same again goes on from there. */
  part?: Usage | undefined
  /** It is no fault: the conversation has come to an end, and to this one whenever it is asked. */
  stop?: Stop | undefined
  cause?: unknown
}

/** The provider failed. The message is cut to a line that fits a screen. */
export class TeacherError extends Error implements Failure {
  override name = 'TeacherError'
  readonly status: number | undefined
  readonly fatal: boolean
  readonly transient: boolean
  readonly overloaded: boolean
  readonly retryAfterMs: number | undefined
  readonly doubtful: Failure['doubtful']
  readonly gone: boolean
  readonly part: Usage | undefined
  readonly stop: Stop | undefined
  constructor(message: string, failure: Failure) {
    super(screenLine(message), { cause: failure.cause })
    this.status = failure.status
    this.fatal = failure.fatal
    this.transient = failure.transient ?? false
    this.overloaded = failure.overloaded ?? false
    this.retryAfterMs = failure.retryAfterMs
    this.doubtful = failure.doubtful
    this.gone = failure.gone ?? false
    this.part = failure.part
    this.stop = failure.stop
  }
}

/** What is kept where a server ended a conversation by an error: a reply without a word, which cost nothing. */
export const refusedReply = (message: string, stop: Stop): Reply => ({
  text: '',
  reasoning: null,
  calls: [],
  stop,
  usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
  model: '',
  raw: { refused: message },
})

/** One question to a model that is to answer at once, without tools. */
export interface Question {
  system: string
  question: Part[]
  /** Which of several independent answers this is. */
  sample: number
  /** Tokens; those of a reply of the run when absent. */
  maxTokens?: number
  /** The JSON schema of the answer, for servers that hold a reply to one. */
  schema?: JsonObject
}

/** How a task is tried. Attempts that differ in nothing are one attempt, and a rollout of the run is one too. */
export interface Attempt {
  /** With the run's tools, or with none. */
  tools: boolean
  /** With its images, or with its words alone. */
  images: boolean
  sample: number
  /** What the model is told in place of the run's system prompt, which speaks of tools. It has no blanks. */
  system?: Prompt
}

/** How an attempt ended; `said` is its last reply where that has no answer between tags. */
export type Attempted = Outcome & { said?: string }

/**
 * Models for checks and for screening. Every reply goes through the run's store of replies, its budget and the model's
 * limits, so measuring again costs nothing. Both reject with TeacherError where the infrastructure failed: whoever asks
 * lets it through, and is asked to measure again by the next run.
 */
export interface Models {
  ask(model: Teacher, question: Question, signal: AbortSignal): Promise<Reply>
  /** A rollout that is no row of the run. How it ended is `answered` or `stopped`, never `failed`. */
  attempt(model: Teacher, task: Task, how: Attempt, signal: AbortSignal): Promise<Attempted>
}
