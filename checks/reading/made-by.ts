import { canonicalJson } from '../../schemas/hash.ts'
import { isObject, type Json } from '../../schemas/json.ts'
import { unknownLicence } from '../../schemas/licence.ts'
import type { Trajectory, Turn } from '../../schemas/trajectory.ts'

/**
 * What wrote the replies of a trajectory, by its own word: `program` if the replies say that a program did, and
 * `unknown` if they were made elsewhere and do not say.
 */
interface Maker {
  made_by: 'program' | 'model' | 'unknown'
  models: string[]
}

/** The models are named as their provider named them in its replies. */
export function madeBy({ turns, environment }: Pick<Trajectory, 'turns' | 'environment'>): {
  [key in keyof Maker]: Maker[key]
} {
  const programmed = turns.some(({ reply }) => isProgram(reply.raw))
  return {
    made_by: programmed ? 'program' : environment.kind === 'unknown' ? 'unknown' : 'model',
    models: [...new Set(turns.map(({ reply }) => reply.model))].sort(),
  }
}

/** Whose material the searches of a trajectory showed, and under which licences. */
export function searched(turns: readonly Turn[]): { provider: string; licence: string }[] {
  const shown = turns
    .flatMap(({ observations }) => observations)
    .flatMap(({ data }) => (data?.kind === 'results' ? [data] : []))
    .flatMap(({ provider, results }) =>
      results.map(({ licence }) => ({ provider, licence: licence ?? unknownLicence })),
    )
  return [...new Map(shown.map(one => [canonicalJson(one), one])).values()]
}

const isProgram = (raw: Json): boolean => typeof field(field(raw, 'kindling'), 'program') === 'string'

const field = (value: Json, name: string): Json => (isObject(value) ? (value[name] ?? null) : null)
