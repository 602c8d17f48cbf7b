import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { AnswerType, Origin, Source } from '../schemas/task.ts'
import type { ToolSpec, Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import type { Reach } from '../tasks/remote/reach.ts'
import type { ImageSource, Problem } from '../tasks/source.ts'

/** Why a picture is not there: it costs its place, and no row. Each is what its row then `lacks`. */
export type PictureGap =
  | 'image_missing'
  | 'image_outside'
  | 'image_broken'
  | 'image_unmatched'
  | 'remote_image'

/** A piece of a message whose pictures have not been opened. */
export type DraftPart =
  | { type: 'text'; text: string }
  | { type: 'image'; image: ImageSource }
  | { type: 'gap'; gap: PictureGap }

/** A call as its file has it. */
export interface DraftCall {
  /** Empty where its file has none. */
  id: string
  name: string
  /** The raw text, JSON or not. */
  arguments: string
  /** What is to be run in Python, where that is what it asks for. */
  code?: string
}

/** What came back. */
export interface DraftResult {
  /** Which call of its turn it answers, from 0; `all` where its file joins the results of several. */
  of: number | 'all'
  parts: DraftPart[]
  /** Its file says that the call failed. */
  failed?: true
}

/** What was said, what it called, and what came back; at its end what a user said who was not asked. */
export interface DraftTurn {
  text: string
  reasoning: string | null
  calls: DraftCall[]
  results: DraftResult[]
  /** Its file says that it was cut off for its length. */
  cut?: true
  /** What a user said behind it, where the conversation goes on without a call. */
  user?: string
}

/**
 * A rollout in kindling's own terms: the one form between files of others and a trajectory. Nothing of it was run, and
 * no picture opened.
 */
export interface DraftConversation {
  kind: 'conversation'
  /** File and row, for people. */
  place: string
  origin: Origin
  /** What the row calls itself; else its file and number. */
  id: string
  system: string
  question: DraftPart[]
  tools: ToolSpec[]
  turns: DraftTurn[]
  /** What was answered in the end, null where nothing was. */
  answer: string | null
  /** The key, where the user says what it is: never the row's own answer unless that is trusted. Empty without. */
  key: string
  choices: string[] | null
  answerType: AnswerType
  category: string
  source: Source
  /** Which of several rollouts of one question it is, from 0. */
  sample: number
  /** Who made it, where that is said. */
  model: string
  /** How its code is run again: the name of a profile. */
  profile: string
  /** What its file does not hold, each a stable snake_case code. */
  lacks: string[]
}

/** A row that holds a trajectory as kindling itself recorded it. */
export interface RecordedRollout {
  kind: 'recorded'
  place: string
  origin: Origin
  /** Puts its pictures into the store. `whole` is whether it is what was recorded, or only what its columns tell. */
  open(store: Store): Promise<{ trajectory: Trajectory; whole: boolean } | Problem>
}

export type RolloutDraft = DraftConversation | RecordedRollout

/** Where rollouts come from that were made elsewhere. Reading it again gives the same in the same order. */
export interface RolloutSource {
  /** Of its format. */
  name: string
  options: JsonObject
  /**
   * Drafts, and problems where a row is none: it costs that row only. It throws where the source itself cannot be read.
   * No value of a row stands in a problem, since it may be a secret.
   */
  read(reach?: Reach): AsyncIterable<RolloutDraft | Problem>
}

export const RolloutSource = thing<RolloutSource>('a source of rollouts', "shareGpt('theirs/*.jsonl')", {
  name: 'string',
  options: 'object',
  read: 'function',
})
