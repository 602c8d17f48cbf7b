import type { Reply, Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { TeacherError, type TeacherRequest } from '../../teachers/teacher.ts'
import { askServices } from '../ask/ask-service.ts'
import { replyKey } from '../ask/ask-teacher.ts'
import type { Ask } from '../ask.ts'
import { openBatches } from '../batch/batches.ts'
import { NotStored } from '../errors.ts'
import { asTold } from '../reminders.ts'
import type { Run } from '../run.ts'
import { recordedIn, storedBefore } from './recorded-calls.ts'

/**
 * The run with nobody to ask: what teachers said and searches found is read from `source`, the run's own store by
 * default.
 */
export const storedOnly = <Asking extends Omit<Run, 'models'>>(
  run: Asking,
  source: Store = run.store,
): Asking => ({
  ...run,
  ask: askStored(source, run),
  batches: openBatches({ teachers: [], tools: [] }, run.store, run),
  services: askServices(run.store, {}, { generation: run.generation, frozen: true }),
  recorded: recordedIn(source, run.store, run.config.tools),
  before: storedBefore(source),
  // An older kindling, or another machine, may have said it otherwise.
  told: async rollout => (await source.get<Trajectory>('trajectories', rollout))?.system,
})

type Conditions = Pick<Run, 'generation' | 'config'>

/** Answer from what a run stored, never from a teacher: where that one failed, it fails again in the same words. */
function askStored(store: Store, conditions: Conditions): Ask {
  let failures: Promise<Map<string, string>> | undefined
  return async (teacher, request) => {
    const key = replyKey(teacher, request, conditions.generation)
    const reply = await store.get<Reply>('replies', key)
    if (reply) return reply
    failures ??= failuresOf(store, conditions)
    const message = (await failures).get(key)
    if (message === undefined) throw new NotStored('reply', request.turns.length + 1)
    throw new TeacherError(message, { fatal: false })
  }
}

/** What teachers failed to answer, by the key its reply would have had. */
async function failuresOf(
  store: Store,
  { generation, config: { limits } }: Conditions,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>()
  for await (const { value } of store.scan<Trajectory>('trajectories')) {
    const { outcome, teacher, system, question, turns, tools, sample } = value
    if (outcome.kind !== 'failed' || outcome.at !== 'teacher') continue
    const bytes = () => Promise.reject(new Error('a key needs no bytes'))
    const request: TeacherRequest = {
      system,
      question,
      turns: asTold(turns),
      tools,
      sample,
      maxTokens: limits.maxTokens,
      bytes,
    }
    failures.set(replyKey(teacher, request, generation), outcome.message)
  }
  return failures
}
