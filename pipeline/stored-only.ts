import type { Reply, Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { TeacherError, type TeacherRequest } from '../teachers/teacher.ts'
import type { Ask } from './ask.ts'
import { replyKey } from './paid-once.ts'
import type { Planned } from './plan.ts'
import { generationOf } from './refresh.ts'
import { type OpenSolver, openSolver } from './solver.ts'

/** A reply that a replay needs was never stored. */
export class NotStored extends Error {
  override name = 'NotStored'
  readonly turn: number
  constructor(turn: number, { teacher, task, sample }: Partial<Planned> = {}) {
    const where = task ? `task ${task.id}, teacher ${teacher?.name}, sample ${sample}, ` : ''
    super(`${where}turn ${turn}: its reply is not in the store; run the config again, then replay it`)
    this.turn = turn
  }
}

/** Opens solvers that ask nobody: what teachers said is read from `source`. */
export const openStored =
  (source: Store): OpenSolver =>
  async (config, store, listen) => {
    const generation = await generationOf(source)
    const ask = await storedOnly({ store: source, generation, maxTokens: config.limits.maxTokens })
    return { ...(await openSolver(config, store, listen)), ask }
  }

interface Source {
  store: Store
  generation: number
  maxTokens: number
}

/** Answer from what a run stored, never from a teacher: where that one failed, it fails again in the same words. */
export async function storedOnly({ store, generation, maxTokens }: Source): Promise<Ask> {
  const failures = await failuresOf({ store, generation, maxTokens })
  return async (teacher, request) => {
    const key = replyKey(teacher, request, generation)
    const reply = await store.get<Reply>('replies', key)
    if (reply) return reply
    const message = failures.get(key)
    if (message === undefined) throw new NotStored(request.turns.length + 1)
    throw new TeacherError(message, { fatal: false })
  }
}

/** What teachers failed to answer, by the key its reply would have had. */
async function failuresOf({ store, generation, maxTokens }: Source): Promise<Map<string, string>> {
  const failures = new Map<string, string>()
  for await (const { value } of store.scan<Trajectory>('trajectories')) {
    const { outcome, teacher, system, question, turns, tools, sample } = value
    if (outcome.kind !== 'failed' || outcome.at !== 'teacher') continue
    const bytes = () => Promise.reject(new Error('a key needs no bytes'))
    const request: TeacherRequest = { system, question, turns, tools, sample, maxTokens, bytes }
    failures.set(replyKey(teacher, request, generation), outcome.message)
  }
  return failures
}
