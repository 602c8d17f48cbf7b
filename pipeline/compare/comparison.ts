import Type, { type Static, type TSchema } from 'typebox'
import { closed, filledText, from0 } from '../../schemas/options.ts'
import { FlipGroup } from './flip-groups.ts'
import { Changes } from './verdicts.ts'

const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const number = Type.Number()
const text = Type.String()

/** The same thing on both sides. */
const pair = <Schema extends TSchema>(schema: Schema) => ({ before: schema, after: schema })

/**
 * What was given on one side. `rows` says which of its rows can be read: `kept` means that it does not hold what it
 * dropped, `none` that it does not hold rows in columns that tell enough.
 */
const Side = closed({
  kind: Type.Enum(['run', 'export', 'manifest']),
  path: filledText,
  /** Of the run that it is or was made by; null where nothing says it. */
  name: orNull(text),
  rows: Type.Enum(['all', 'kept', 'none']),
})

/** Rollouts of one kind on one side: how many, how many were kept, what their replies used and cost in USD. */
const Tally = closed({
  rollouts: from0,
  kept: from0,
  input: number,
  output: number,
  /** Null where a price is not known, as in exports. */
  usd: orNull(number),
})

/**
 * Yield and cost of all rows, or of a category or a teacher. Of the rows that both sides have, `gained` were dropped
 * and are kept now, and `lost` were kept and are dropped now. `p` is how often chance alone makes so unlike numbers of
 * tasks yield more and less; null where no row is on both sides. `change` is by how much the share of kept rows
 * differs, -1 to 1, with the interval that holds the true difference in 19 of 20 cases if the rows had nothing to do
 * with each other; null where a side has none.
 */
const Group = closed({
  by: Type.Enum(['all', 'category', 'teacher']),
  name: text,
  ...pair(Tally),
  lost: from0,
  gained: from0,
  p: orNull(number),
  change: orNull(closed({ estimate: number, low: number, high: number })),
})

/** What became of a row on each side: null where it is not there. */
const ChangedRow = closed({
  change: Type.Enum(['lost', 'gained', 'otherwise', 'new', 'gone']),
  task: text,
  teacher: text,
  sample: from0,
  category: text,
  /** `kept`, or stage and reason of the drop. */
  from: orNull(text),
  to: orNull(text),
  because: Changes,
  anew: Type.Optional(Type.Literal(true)),
  /** Why it is dropped now, for a person. */
  detail: text,
})

/** An answer that is another text, of a row that has one on both sides. */
const ChangedAnswer = closed({
  task: text,
  teacher: text,
  sample: from0,
  ...pair(text),
  /** The true one. */
  truth: text,
  from: text,
  to: text,
})

/** Samples of one teacher that said the same, word for word: they are paid and worth one. */
const Siblings = closed({ teacher: text, ...pair(closed({ tasks: from0, identical: from0 })) })

/** Rows of both sides, aligned by task, teacher and sample. */
export const RowComparison = closed({
  /** Of as many rows in both. */
  aligned: from0,
  same: from0,
  lost: from0,
  gained: from0,
  /** Dropped for another reason. */
  otherwise: from0,
  /** Only after, and only before. */
  new: closed({ kept: from0, dropped: from0 }),
  gone: closed({ kept: from0, dropped: from0 }),
  tasks: closed({
    both: from0,
    /** Ids of tasks that have rows on one side only. */
    onlyBefore: Type.Array(text),
    onlyAfter: Type.Array(text),
    /** Ids of tasks whose question, pictures, choices or true answer is another one. */
    changed: Type.Array(text),
  }),
  answers: closed({ both: from0, changed: Type.Array(ChangedAnswer) }),
  /** Aligned rows in which the teacher said and called the same, word for word. */
  saidTheSame: from0,
  siblings: Type.Array(Siblings),
  groups: Type.Array(Group),
  flips: Type.Array(FlipGroup),
  rows: Type.Array(ChangedRow),
})
export type RowComparison = Static<typeof RowComparison>

/** A number of both sides. */
const CountPair = closed({ what: Type.Array(text), ...pair(number) })
export type CountPair = Static<typeof CountPair>

/** Something that runs or rows are made with, as canonical JSON where it is no text: null where a side has none. */
const MadePair = closed({ what: Type.Array(text), ...pair(orNull(text)) })
export type MadePair = Static<typeof MadePair>

export const limitNames = ['lost', 'flips', 'answers', 'rows', 'yield', 'cost'] as const
export type LimitName = (typeof limitNames)[number]

const LimitHeld = closed({
  name: Type.Enum([...limitNames]),
  /** A share, 0 to 1. */
  limit: number,
  found: number,
  passed: Type.Boolean(),
  /** For a person. */
  line: text,
})
export type LimitHeld = Static<typeof LimitHeld>

/** What `kindling diff --json` prints. */
export const Comparison = closed({
  version: Type.Literal(1),
  ...pair(Side),
  /** What could not be compared for want of data, and why. */
  wanting: Type.Array(text),
  funnel: Type.Array(CountPair),
  /** Null where rows are not known on both sides. */
  rows: orNull(RowComparison),
  /** What was kept by source, licence, category …, and what checks said: only what differs. */
  counts: Type.Array(CountPair),
  /** Versions, prompts, tools, models, checks, filters, options: only what differs. */
  made: Type.Array(MadePair),
  /** The limits of `--gate`. */
  gate: Type.Array(LimitHeld),
})
export type Comparison = Static<typeof Comparison>
