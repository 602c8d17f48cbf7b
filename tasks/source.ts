import Type, { type Static } from 'typebox'
import type { JsonObject } from '../schemas/json.ts'
import { closed, thing } from '../schemas/options.ts'
import type { AnswerType, Origin, Source } from '../schemas/task.ts'
import type { Noted } from '../store/input-file.ts'
import type { Reach } from './remote/reach.ts'

/** An image before intake: its bytes, the file they are in, or what fetches them. `place` names it in an error. */
export type ImageSource = { place: string } & (
  | { bytes: Uint8Array }
  | { path: string }
  /** Rejects with ImageError for one that is no good, and with RemoteError where it cannot be had now. */
  | { fetch: () => Promise<Uint8Array> }
)

/** A task before intake. Its images have not been opened. `place` is file and row, for errors. */
export interface TaskDraft {
  place: string
  id: string
  question: string
  images: ImageSource[]
  /** The question is words alone. One without images that does not say so has lost them, and is refused. */
  wordsAlone?: boolean
  choices: string[] | null
  answer: string
  answerType: AnswerType
  tolerance: number | null
  category: string
  source: Source
  meta: JsonObject
  origin?: Origin
  /** What was changed in the row as it was read, each kind as what its task had: "had marks …". */
  changed?: string[]
}

/** What becomes of files that are not simply one picture which every trainer takes. */
export const PictureChoices = closed({
  /** Of a file of several pages (TIFF) the first is taken. Without it such a file is refused. */
  pages: Type.Optional(Type.Literal('first')),
  /** Of an animation (GIF, WebP, PNG, AVIF) the first frame is taken. Without it one is refused. */
  frames: Type.Optional(Type.Literal('first')),
  /** Pictures that processors of Qwen models refuse are refused. Without it they are counted. */
  extreme: Type.Optional(Type.Literal('refuse')),
})
export type PictureChoices = Static<typeof PictureChoices>

/** Bad input: what is wrong, where (file, row and field), and what to do about it, in one line. */
export interface Problem {
  place: string
  problem: string
}

/** Where tasks come from. Reading it again gives the same tasks in the same order. */
export interface TaskSource {
  name: string
  options: JsonObject
  /** What becomes of files that are not simply one picture. */
  pictures?: PictureChoices
  /**
   * Drafts, and problems where a row is not one. It throws only when the source itself cannot be read further. What
   * lies elsewhere is read by `reach`, which is there where a run reads.
   */
  read(reach?: Reach): AsyncIterable<TaskDraft | Problem>
  /**
   * Only of a source that lies elsewhere as a whole: whether the run has pinned it, so that it would give the same
   * again. What has changed there is said.
   */
  isPinned?(reach: Reach): Promise<boolean>
}

export const TaskSource = thing<TaskSource>('a task source', "jsonl('tasks.jsonl', {…})", {
  name: 'string',
  options: 'object',
  read: 'function',
})

/** Reasoning in words alone, without images and tools: "long chains of thought". */
export interface TextRow {
  id: string
  question: string
  reasoning: string
  answer: string
}

/** Text rows to be mixed into a training set. */
export interface TextRows {
  options: JsonObject
  source: Source
  share: number | undefined
  /** Reading again gives the same rows in the same order. */
  read(noted?: Noted): AsyncIterable<TextRow | Problem>
}

export const TextRows = thing<TextRows>('rows of text', "textRows('cot.jsonl', {…})", {
  options: 'object',
  source: 'object',
  read: 'function',
})
