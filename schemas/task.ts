import Type, { type Static } from 'typebox'
import { Image } from './image.ts'
import { JsonObject } from './json.ts'

/** A piece of a message. */
export const Part = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String() }, { additionalProperties: false }),
  Type.Object({ type: Type.Literal('image'), image: Image }, { additionalProperties: false }),
])
export type Part = Static<typeof Part>

/** The images of a message, in order. */
export const imagesIn = (parts: readonly Part[]): Image[] =>
  parts.flatMap(part => (part.type === 'image' ? [part.image] : []))

/**
 * How an answer is compared. `choice` takes the option's text or its letter, `math` what is equivalent, `date` another
 * writing of the same day, month or year, `set` the same items in any order.
 */
export const AnswerType = Type.Enum(['text', 'choice', 'number', 'boolean', 'math', 'date', 'set'])
export type AnswerType = Static<typeof AnswerType>

/** Where a row came from, and under which terms. */
export const Source = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    licence: Type.String({ minLength: 1 }),
    url: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
export type Source = Static<typeof Source>

/** Where a task was read: a file as the config names it, and the row in it, from 1. */
export const Origin = Type.Object(
  { file: Type.String({ minLength: 1 }), row: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
)
export type Origin = Static<typeof Origin>

/**
 * One question, mostly about images. `answer`, `meta` and `id` are for checks and people: no teacher is ever shown
 * them.
 */
export const Task = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    question: Type.String({ minLength: 1 }),
    /** In the order in which they are shown; none where the question is words alone. */
    images: Type.Array(Image),
    choices: Type.Union([Type.Array(Type.String(), { minItems: 2 }), Type.Null()]),
    answer: Type.String({ minLength: 1 }),
    answerType: AnswerType,
    /** Relative tolerance of a number, 0 to 1; null compares to the precision the answer is written in. */
    tolerance: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
    category: Type.String({ minLength: 1 }),
    source: Source,
    meta: JsonObject,
    /** Absent in tasks that were taken in before it was kept, and where the source is no file. */
    origin: Type.Optional(Origin),
  },
  { additionalProperties: false },
)
export type Task = Static<typeof Task>

/** A task without its place in a file: what is asked is the same wherever its row stands. */
export const contentOf = ({ origin: _, ...content }: Task): Omit<Task, 'origin'> => content

/** A task that was kept before, where its row stands now. */
export const placedAt = (origin: Origin | undefined, kept: Task): Task => ({
  ...contentOf(kept),
  ...(origin && { origin }),
})
