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

const KnownAs = Type.Object(
  { name: Type.String({ minLength: 1 }), licence: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
)

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
    /** Empty where no key is known, as of rollouts that were made elsewhere. */
    answer: Type.String(),
    answerType: AnswerType,
    /** Relative tolerance of a number, 0 to 1; null compares to the precision the answer is written in. */
    tolerance: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
    category: Type.String({ minLength: 1 }),
    source: Source,
    meta: JsonObject,
    /** Absent in tasks that were taken in before it was kept, and where the source is no file. */
    origin: Type.Optional(Origin),
    /** The source's name and licence when the store first knew the task, where they are others now. */
    known: Type.Optional(KnownAs),
  },
  { additionalProperties: false },
)
export type Task = Static<typeof Task>

/** Whether it is known what the answer is. */
export const hasKey = ({ answer }: Pick<Task, 'answer'>): boolean => answer.trim() !== ''

/**
 * What is asked by a task, which its keys hold: it is the same wherever its row stands, and whoever it is said to be
 * from, under whichever licence.
 */
export const contentOf = ({ origin: _, known, ...content }: Task): Omit<Task, 'origin' | 'known'> =>
  known ? { ...content, source: { ...content.source, ...known } } : content

/** What is said now of where a task is from. */
export type Provenance = { [Part in 'origin' | 'source' | 'known']?: Task[Part] | undefined }

/** A task that was kept before, with that; its source stays where nothing else is said of it. */
export const placedAt = (
  { origin, source, known }: Provenance,
  { origin: _, known: __, ...kept }: Task,
): Task => ({ ...kept, ...(source && { source }), ...(origin && { origin }), ...(known && { known }) })
