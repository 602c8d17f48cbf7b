import type { Label } from '../label.ts'

/** A labelled row in words. */
export interface LabelledRow {
  key: string
  task: string
  question: string
  /** The task's own, and the teacher's. */
  answer: string
  teacherAnswer: string
  /** What was said, called and seen, turn by turn. */
  conversation: string
  kept: boolean
  facts: readonly { check: string; state: 'passed' | 'failed' | 'could_not_tell' }[]
  /** The pictures that a box of a label lies on, by their place in the row's `images`. */
  pictures: ReadonlyMap<number, BoxedPicture>
  /** The labels that count. */
  said: readonly Label[]
}

export interface BoxedPicture {
  width: number
  height: number
  mime: string
  bytes: Uint8Array
}

/** The text of a file that a labelling tool takes in. */
export type LabelConverter = (rows: readonly LabelledRow[]) => string
