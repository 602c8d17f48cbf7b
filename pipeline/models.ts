import type { Attempt, Models } from '../filters/models.ts'
import type { Task } from '../schemas/task.ts'
import type { Outcome } from '../schemas/trajectory.ts'
import { type Teacher, TeacherError } from '../teachers/teacher.ts'
import { observer, toolSpecs } from './observe.ts'
import { rolloutKeys } from './plan.ts'
import { rollout } from './rollout.ts'
import type { Solver } from './solver.ts'

/** Models as checks and screening ask them: through all that stands between a rollout and its teacher. */
export function openModels(solver: Solver): Models {
  const { store, config } = solver
  const bare = withTools([], solver)

  return {
    ask: (model, { system, question, sample, maxTokens = config.limits.maxTokens }, signal) =>
      solver.ask(
        model,
        {
          system,
          question,
          turns: [],
          tools: [],
          sample,
          maxTokens,
          bytes: image => store.getBlob(image.sha256),
        },
        signal,
      ),

    attempt: (model, task, { tools, images, sample }: Attempt, signal) =>
      attempted(model, images ? task : { ...task, images: [] }, sample, tools ? solver : bare, signal),
  }
}

const withTools = (tools: Solver['config']['tools'], solver: Solver): Solver => ({
  ...solver,
  config: { ...solver.config, tools },
  tools: toolSpecs(tools),
  observe: observer(tools),
})

/** Its turns are kept as a rollout's are, so one that was killed goes on; of the rest only how it ended. */
async function attempted(
  teacher: Teacher,
  task: Task,
  sample: number,
  solver: Solver,
  signal: AbortSignal,
): Promise<Outcome> {
  const { store, config } = solver
  const key = (await rolloutKeys(config, store))(task, teacher, sample)
  const known = await store.get<Outcome>('attempts', key)
  if (known) return known
  const { outcome } = await rollout({ key, task, teacher, sample }, solver, signal)
  if (outcome.kind === 'failed') throw new TeacherError(outcome.message, { fatal: false })
  return store.put('attempts', key, outcome)
}
