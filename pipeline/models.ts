import type { Attempt, Models } from '../filters/models.ts'
import type { Outcome, Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { type Teacher, TeacherError } from '../teachers/teacher.ts'
import { observer, toolSpecs } from './observe.ts'
import { type Planned, rolloutKeys } from './plan.ts'
import { rollout } from './rollout.ts'
import { singleFlight } from './single-flight.ts'
import type { Solver } from './solver.ts'

/** Models as checks and screening ask them: through all that stands between a rollout and its teacher. */
export function openModels(solver: Solver): Models {
  const { store, config } = solver
  const share = singleFlight<Outcome>()
  return {
    ask: (model, { system, question, sample }, signal) =>
      solver.ask(
        model,
        {
          system,
          question,
          turns: [],
          tools: [],
          sample,
          maxTokens: config.limits.maxTokens,
          bytes: image => store.getBlob(image.sha256),
        },
        signal,
      ),

    async attempt(model, task, how, signal) {
      const { own, teacher } = conditions(model, how, solver)
      const tried = how.images ? task : { ...task, images: [] }
      const key = (await rolloutKeys(own.config, store))(tried, teacher, how.sample)
      const planned = { key, task: tried, teacher, sample: how.sample }
      return await share(key, signal => attempted(planned, own, signal), signal)
    },
  }
}

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

/** Its turns are kept as a rollout's are, so one that was killed goes on; of the rest only how it ended. */
async function attempted(planned: Planned, solver: Solver, signal: AbortSignal): Promise<Outcome> {
  const known = await ended(planned.key, solver.store)
  if (known) return known
  const { outcome } = await rollout(planned, solver, signal)
  if (outcome.kind === 'failed') throw new TeacherError(outcome.message, { fatal: false })
  return solver.store.put('attempts', planned.key, outcome)
}

/** How an attempt ended before, or a rollout of the run that was asked just the same. */
async function ended(key: string, store: Store): Promise<Outcome | undefined> {
  const attempt = await store.get<Outcome>('attempts', key)
  if (attempt) return attempt
  const outcome = (await store.get<Trajectory>('trajectories', key))?.outcome
  return outcome?.kind === 'failed' ? undefined : outcome
}
