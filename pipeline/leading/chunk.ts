import Type, { type Static } from 'typebox'
import { hashOf } from '../../schemas/hash.ts'
import { closed, count, filledText, from0, trueOrFalse } from '../../schemas/options.ts'
import { validator } from '../../schemas/validate.ts'
import type { Settings } from '../config.ts'

/** What is handed to a worker: keys of rollouts of a plan that are to be solved, or measured by these checks. */
const Chunk = closed({
  stage: Type.Enum(['synthesize', 'verify']),
  plan: filledText,
  keys: Type.Array(filledText),
  checks: Type.Array(filledText),
})
export type Chunk = Static<typeof Chunk>

/** What came of it. */
const ChunkDone = closed({
  /** Of each key, in their order. */
  came: Type.Array(Type.Enum(['new', 'already', 'failed', 'needless', 'later'])),
  /** How rollouts failed before anything was answered, by what all such words have in common. */
  fates: Type.Array(closed({ words: Type.String(), fate: Type.String() })),
  /** Money or time was used up: what is `later` was not begun. */
  usedUp: Type.Optional(closed({ what: Type.Enum(['money', 'time']), text: Type.String() })),
})
export type ChunkDone = Static<typeof ChunkDone>

/** What all chunks of a leader have in common. */
const SessionAbout = closed({
  generation: from0,
  /** Whether calls have to be reserved. */
  limited: trueOrFalse,
  /** Until when work may be begun, in milliseconds since 1970; null for ever. */
  until: Type.Union([count, Type.Null()]),
  /** What is measured, as `measuredBy` says it. */
  checks: Type.Array(closed({ name: filledText, hash: filledText })),
})
export type SessionAbout = Static<typeof SessionAbout>

/** The checks of a config, each with a hash of all that its facts depend on. */
export const measuredBy = ({ checks }: Pick<Settings, 'checks'>): SessionAbout['checks'] =>
  checks.map(({ name, version, options }) => ({ name, hash: hashOf({ version, options }) }))

/** What comes out of a queue was written by another process, perhaps of another version. */
function reader<T>(check: (value: unknown) => { ok: true; value: T } | { ok: false; message: string }) {
  return (given: unknown): T => {
    const found = check(given)
    if (found.ok) return found.value
    throw new Error(`workers: the queue holds what this version does not know (${found.message})`)
  }
}

export const asChunk = reader(validator(Chunk))
export const asChunkDone = reader(validator(ChunkDone))
export const asSessionAbout = reader(validator(SessionAbout))
