import Type, { type Static } from 'typebox'
import { closed, count, filledText, from0 } from '../schemas/options.ts'

const sha256 = (description: string) =>
  Type.String({ pattern: /^[0-9a-f]{64}$/, description: `${description}: a sha256 of 64 hex digits` })

/** A code of why, such as `wrong_answer`. */
export const LabelReason = Type.String({
  pattern: /^[a-z][a-z0-9_]{0,63}$/,
  description: 'a reason in snake_case such as wrong_answer',
})

/** What people may say of a row, in the order in which they are offered. */
export const labelWords = ['good', 'bad', 'unsure'] as const
export type LabelWord = (typeof labelWords)[number]

/** A part of a picture, in pixels of the `image`-th of the row's `images`, from 0. */
export const LabelBox = closed({
  image: from0,
  left: Type.Number({ minimum: 0 }),
  top: Type.Number({ minimum: 0 }),
  right: Type.Number({ minimum: 0 }),
  bottom: Type.Number({ minimum: 0 }),
})
export type LabelBox = Static<typeof LabelBox>

/** Characters of a note, at most. */
export const longestNote = 2000

/**
 * What one person said of a row, or of a turn of it: a line of a `labels.jsonl`. Of the lines of one person about the
 * same, the last counts.
 */
export const Label = closed({
  label_version: Type.Literal(1),
  /** Of the rollout. */
  key: sha256('the key of a rollout'),
  /** Of its task: for people, and for rollouts that were made again. */
  task_id: filledText,
  /** `null` takes back what was said before. */
  label: Type.Union([Type.Enum([...labelWords]), Type.Null()], {
    description: '"good", "bad", "unsure", or null to take it back',
  }),
  reasons: Type.Array(LabelReason, { maxItems: 20 }),
  note: Type.String({ maxLength: longestNote, description: `a text of at most ${longestNote} characters` }),
  /** Where the fault is, from 1; without, the whole row is meant. */
  turn: Type.Optional(count),
  box: Type.Optional(LabelBox),
  by: Type.String({ pattern: /^\P{Cc}{1,100}$/u, description: 'the name of whoever says it' }),
  at: Type.String({
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    description: 'a time in ISO 8601 such as 2026-11-30T09:00:00Z',
  }),
  /** Of the export that was looked at. */
  manifest: sha256('of manifest.json'),
})
export type Label = Static<typeof Label>

/** What all people say of a row; `disagreement` where some call it good and others bad. */
export interface RowLabel {
  label: LabelWord | 'disagreement'
  /** Who said it, or said something at all where they disagree. */
  by: string[]
  /** What counts of what was said of the row. */
  said: readonly Label[]
}

/** The labels of a file that count, and what they make of rows. */
export interface LabelBook {
  /** As it was named. */
  file: string
  sha256: string
  labels: readonly Label[]
  /** Rows by their keys; those of which nothing is said are not in it. */
  rows: ReadonlyMap<string, RowLabel>
}
