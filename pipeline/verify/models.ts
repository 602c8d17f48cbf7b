import type { ReplyUse } from '../../schemas/reply-use.ts'
import type { Outcome, Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Attempt, Models } from '../../teachers/models.ts'
import { modelOf } from '../../teachers/prices.ts'
import { type Teacher, TeacherError, type TeacherRequest } from '../../teachers/teacher.ts'
import { singleFlight } from '../ask/single-flight.ts'
import { type Planned, rolloutKeys } from '../plan.ts'
import { observer, toolSpecs } from '../rollout/observe.ts'
import { rollout } from '../rollout/rollout.ts'
import type { Solver } from '../rollout/solver.ts'
import { usesOf } from '../spend/usage-cost.ts'
import { imagesSent } from '../spend/worst-case.ts'

/** Models as checks and screening ask them: through all that stands between a rollout and its teacher. */
export const openModels = (solver: Solver): Models => openMetered(solver)(() => {})

/** The same for many who are told what their own answers used. */
export function openMetered(solver: Solver): (note: (uses: readonly ReplyUse[]) => void) => Models {
  const { store, config } = solver
  const share = singleFlight<Attempted>()
  return note => ({
    async ask(model, { system, question, sample }, signal) {
      const request: TeacherRequest = {
        system,
        question,
        turns: [],
        tools: [],
        sample,
        maxTokens: config.limits.maxTokens,
        bytes: image => store.getBlob(image.sha256),
      }
      const reply = await solver.ask(model, request, signal)
      note([{ model: modelOf(model), usage: reply.usage, images: imagesSent(request) }])
      return reply
    },

    async attempt(model, task, how, signal) {
      const { own, teacher } = conditions(model, how, solver)
      const tried = how.images ? task : { ...task, images: [] }
      const key = (await rolloutKeys(own.config, store))(tried, teacher, how.sample)
      const planned = { key, task: tried, teacher, sample: how.sample }
      const ended = await share(key, signal => attempted(planned, own, signal), signal)
      note(ended.used ?? [])
      return ended
    },
  })
}

const refuse = () => Promise.reject(new Error('checks and screens ask models only where they name them'))

/** Nothing is opened where nothing is asked. */
export const noModels: Models = { ask: refuse, attempt: refuse }

/** The solver and the teacher of an attempt: the run's, but for what is tried without. */
function conditions(model: Teacher, { tools, system }: Attempt, solver: Solver) {
  const equipped = tools ? solver : withoutTools(solver)
  if (!system) return { own: equipped, teacher: model }
  const { config } = equipped
  const own: Solver = {
    ...equipped,
    config: { ...config, prompts: { ...config.prompts, system } },
    // Its limits are kept for the model itself, not for a copy of it.
    ask: (_, request, signal) => solver.ask(model, request, signal),
  }
  return { own, teacher: { ...model, instructions: () => system.fill({}) } }
}

const withoutTools = (solver: Solver): Solver => ({
  ...solver,
  config: { ...solver.config, tools: [] },
  tools: toolSpecs([]),
  observe: observer([]),
})

/** What is kept of an attempt: how it ended, and what its replies used. */
type Attempted = Outcome & { used?: readonly ReplyUse[] }

/** Its turns are kept as a rollout's are, so one that was killed goes on. */
async function attempted(planned: Planned, solver: Solver, signal: AbortSignal): Promise<Attempted> {
  const known = await ended(planned.key, solver.store)
  if (known) return known
  const tried = await rollout(planned, solver, signal)
  const { outcome } = tried
  if (outcome.kind === 'failed') throw new TeacherError(outcome.message, { fatal: false })
  return solver.store.put<Attempted>('attempts', planned.key, { ...outcome, used: usesOf(tried) })
}

/** How an attempt ended before, or a rollout of the run that was asked just the same. */
async function ended(key: string, store: Store): Promise<Attempted | undefined> {
  const attempt = await store.get<Attempted>('attempts', key)
  if (attempt) return attempt
  const same = await store.get<Trajectory>('trajectories', key)
  return same && same.outcome.kind !== 'failed' ? { ...same.outcome, used: usesOf(same) } : undefined
}
