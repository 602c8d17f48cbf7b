import type { Reply, Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { TeacherError, type TeacherRequest } from '../../teachers/teacher.ts'
import { replyKey } from '../ask/ask-teacher.ts'
import type { Ask } from '../ask.ts'
import { generationOf } from '../generation.ts'
import { NotStored } from '../rollout/errors.ts'
import { type OpenSolver, openSolver } from '../rollout/solver.ts'
import { recordedIn } from './recorded-calls.ts'

/** Opens solvers that ask nobody: what teachers said and searches found is read from `source`. */
export const openStored =
  (source: Store): OpenSolver =>
  async (config, store, listen) => {
    const generation = await generationOf(source)
    const ask = await storedOnly({ store: source, generation, maxTokens: config.limits.maxTokens })
    const recorded = recordedIn(source, store, config.tools)
    return { ...(await openSolver(config, store, listen)), ask, recorded }
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
    if (message === undefined) throw new NotStored('reply', request.turns.length + 1)
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
