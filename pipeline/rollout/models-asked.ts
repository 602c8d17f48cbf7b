import type { ReplyUse } from '../../schemas/reply-use.ts'
import type { Outcome, Trajectory } from '../../schemas/trajectory.ts'
import { modelOf } from '../../teachers/prices.ts'
import {
  type Attempt,
  type Models,
  type Teacher,
  TeacherError,
  type TeacherRequest,
} from '../../teachers/teacher.ts'
import { type SingleFlight, singleFlight } from '../ask/single-flight.ts'
import { type Planned, rolloutKeys } from '../plan.ts'
import type { Run } from '../run.ts'
import { usesOf } from '../spend/usage-cost.ts'
import { imagesSent } from '../spend/worst-case.ts'
import { observer } from './observe.ts'
import { rollout } from './rollout.ts'

const refuse = () => Promise.reject(new Error('checks and screens ask models only where they name them'))

/** For checks and screens that name none. */
const noModels: Models = { ask: refuse, attempt: refuse }

/** Whether any of them is to ask models. */
const nameModels = (plugins: readonly { models?: readonly Teacher[] }[]): boolean =>
  plugins.some(({ models = [] }) => models.length > 0)

/** A run with models as checks and screens ask them: through all that stands between a rollout and its teacher. */
export function withModels(asking: Omit<Run, 'models'>): Run {
  const share = singleFlight<Attempted>()
  const run: Run = {
    ...asking,
    models: (askers, note = () => {}) => (nameModels(askers) ? metered(run, share, note) : noModels),
  }
  return run
}

type Note = (uses: readonly ReplyUse[]) => void

function metered(run: Run, share: SingleFlight<Attempted>, note: Note): Models {
  const { store, config } = run
  return {
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
      const reply = await run.ask(model, request, signal)
      note([{ model: modelOf(model), usage: reply.usage, images: imagesSent(request) }])
      return reply
    },

    async attempt(model, task, how, signal) {
      const { own, teacher } = conditions(model, how, run)
      const tried = how.images ? task : { ...task, images: [] }
      const key = rolloutKeys(own)(tried, teacher, how.sample)
      const planned = { key, task: tried, teacher, sample: how.sample }
      const ended = await share(key, signal => attempted(planned, { ...own, signal }), signal)
      note(ended.used ?? [])
      return ended
    },
  }
}

/** The run and the teacher of an attempt: the run's, but for what is tried without. */
function conditions(model: Teacher, { tools, system }: Attempt, run: Run): { own: Run; teacher: Teacher } {
  const equipped = tools ? run : withoutTools(run)
  if (!system) return { own: equipped, teacher: model }
  const { config } = equipped
  const own: Run = {
    ...equipped,
    config: { ...config, prompts: { ...config.prompts, system } },
    // Its limits are kept for the model itself, not for a copy of it.
    ask: (_, request, signal) => run.ask(model, request, signal),
  }
  return { own, teacher: { ...model, instructions: () => system.fill({}) } }
}

const withoutTools = (run: Run): Run => ({
  ...run,
  config: { ...run.config, tools: [] },
  observe: observer([]),
})

/** What is kept of an attempt: how it ended, and what its replies used. */
type Attempted = Outcome & { used?: readonly ReplyUse[] }

/** Its turns are kept as a rollout's are, so one that was killed goes on. */
async function attempted(planned: Planned, run: Run): Promise<Attempted> {
  const known = await ended(planned.key, run)
  if (known) return known
  const tried = await rollout(planned, run)
  const { outcome } = tried
  if (outcome.kind === 'failed') throw new TeacherError(outcome.message, { fatal: false })
  return run.store.put<Attempted>('attempts', planned.key, { ...outcome, used: usesOf(tried) })
}

/** How an attempt ended before, or a rollout of the run that was asked just the same. */
async function ended(key: string, { store }: Run): Promise<Attempted | undefined> {
  const attempt = await store.get<Attempted>('attempts', key)
  if (attempt) return attempt
  const same = await store.get<Trajectory>('trajectories', key)
  return same && same.outcome.kind !== 'failed' ? { ...same.outcome, used: usesOf(same) } : undefined
}
