import type { Json } from '../schemas/json.ts'
import type { Turn } from '../schemas/trajectory.ts'

/** What wrote the replies of a trajectory, by its own word: `program` where the replies say a program did. */
export interface Maker {
  made_by: 'program' | 'model'
  models: string[]
}

/** The models are named as their provider named them in its replies. */
export function madeBy(turns: readonly Turn[]): { [key in keyof Maker]: Maker[key] } {
  const programmed = turns.some(({ reply }) => isProgram(reply.raw))
  return {
    made_by: programmed ? 'program' : 'model',
    models: [...new Set(turns.map(({ reply }) => reply.model))].sort(),
  }
}

const isProgram = (raw: Json): boolean => typeof field(field(raw, 'kindling'), 'program') === 'string'

const field = (value: Json, name: string): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value[name] ?? null) : null
