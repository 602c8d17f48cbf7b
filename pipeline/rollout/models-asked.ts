import { promptFor } from '../../prompts/twofold.ts'
import type { ReplyUse } from '../../schemas/reply-use.ts'
import type { Task } from '../../schemas/task.ts'
import type { Outcome, Trajectory } from '../../schemas/trajectory.ts'
import { modelOf } from '../../teachers/prices.ts'
import {
  type Attempt,
  type Attempted,
  type Models,
  type Teacher,
  TeacherError,
  type TeacherRequest,
} from '../../teachers/teacher.ts'
import { type SingleFlight, singleFlight } from '../ask/single-flight.ts'
import { NotStored } from '../errors.ts'
import { type Planned, rolloutKey, sharedBy } from '../plan.ts'
import type { Run } from '../run.ts'
import { usesOf } from '../spend/usage-cost.ts'
import { imagesSent } from '../spend/worst-case.ts'
import { observer } from './observe.ts'
import { rollout, runFor } from './rollout.ts'

const refuse = () => Promise.reject(new Error('checks and screens ask models only where they name them'))

/** For checks and screens that name none. */
const noModels: Models = { ask: refuse, attempt: refuse }

/** Whether any of them is to ask models. */
const nameModels = (plugins: readonly { models?: readonly Teacher[] }[]): boolean =>
  plugins.some(({ models = [] }) => models.length > 0)

/** A run with models as checks and screens ask them: through all that stands between a rollout and its teacher. */
export function withModels(asking: Omit<Run, 'models'>): Run {
  const share = singleFlight<KeptAttempt>()
  const run: Run = {
    ...asking,
    models: (askers, note = () => {}) => (nameModels(askers) ? metered(run, share, note) : noModels),
  }
  return run
}

type Note = (uses: readonly ReplyUse[]) => void

function metered(run: Run, share: SingleFlight<KeptAttempt>, note: Note): Models {
  const { store, config } = run
  return {
    async ask(model, { maxTokens = config.limits.maxTokens, ...asked }, signal) {
      const request: TeacherRequest = {
        ...asked,
        turns: [],
        tools: [],
        maxTokens,
        bytes: image => store.getBlob(image.sha256),
      }
      const reply = await run.ask(model, request, signal)
      note([{ model: modelOf(model), usage: reply.usage, images: imagesSent(request) }])
      return reply
    },

    async attempt(model, task, how, signal) {
      const told = runFor(task, run)
      const { own, teacher } = conditions(model, promptedFor(task, how), told)
      // Whoever is not shown the images of a task is told of it as of one that has some.
      const tried = how.images ? task : { ...task, images: [] }
      const key = rolloutKey(tried, teacher, how.sample, sharedBy(own))
      const planned = { key, task: tried, teacher, sample: how.sample }
      const ended = await share(key, signal => attempted(planned, { ...own, signal }), signal)
      note(ended.used ?? [])
      return ended
    },
  }
}

const promptedFor = ({ images }: Task, how: Attempt): Attempt =>
  how.system ? { ...how, system: promptFor(images.length, how.system) } : how

/** The run and the teacher of an attempt: the run's, but for what is tried without. */
function conditions(model: Teacher, { tools, system }: Attempt, run: Run): { own: Run; teacher: Teacher } {
  const equipped = unreminded(tools ? run : withoutTools(run))
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

/** Whoever is tried is measured as it is. */
const unreminded = (run: Run): Run => ({
  ...run,
  config: { ...run.config, limits: { ...run.config.limits, reminders: 0 } },
})

const withoutTools = (run: Run): Run => ({
  ...run,
  config: { ...run.config, tools: [] },
  observe: observer([]),
})

/** What is kept of an attempt: how it ended, and what its replies used. */
type KeptAttempt = Attempted & { used?: readonly ReplyUse[] }

/** Its turns are kept as a rollout's are, so one that was killed goes on. */
async function attempted(planned: Planned, run: Run): Promise<KeptAttempt> {
  const known = await ended(planned.key, run)
  if (known && !isMute(known)) return known
  const tried = await rollout(planned, run).catch(error => {
    if (known && error instanceof NotStored) return known
    throw error
  })
  if ('kind' in tried) return tried
  const { outcome } = tried
  if (outcome.kind === 'failed') throw new TeacherError(outcome.message, { fatal: false })
  if (known) await run.store.delete('attempts', planned.key)
  return run.store.put<KeptAttempt>('attempts', planned.key, keptOf(tried))
}

/** One without an answer from before its words were kept. Its replies are in the store: it is read from them again. */
const isMute = (attempt: KeptAttempt) => isAnswerless(attempt) && attempt.said === undefined

const isAnswerless = (outcome: Outcome) => outcome.kind === 'stopped' && outcome.by === 'no_answer'

function keptOf(tried: Trajectory): KeptAttempt {
  const said = isAnswerless(tried.outcome) ? tried.turns.at(-1)?.reply.text : undefined
  return { ...tried.outcome, ...(said !== undefined && { said }), used: usesOf(tried) }
}

/** How an attempt ended before, or a rollout of the run that was asked just the same. */
async function ended(key: string, { store }: Run): Promise<KeptAttempt | undefined> {
  const attempt = await store.get<KeptAttempt>('attempts', key)
  if (attempt) return attempt
  const same = await store.get<Trajectory>('trajectories', key)
  return same && same.outcome.kind !== 'failed' ? keptOf(same) : undefined
}
