import { askedParts } from '../../prompts/asked-parts.ts'
import type { Prompt } from '../../prompts/prompt.ts'
import { SandboxError } from '../../sandbox/sandbox.ts'
import { blamed } from '../../schemas/blame.ts'
import type { Environment } from '../../schemas/cell.ts'
import type { Part, Task } from '../../schemas/task.ts'
import type { Observation, Outcome, Reply, ToolSpec, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { readFor } from '../../store/errors.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { kindsOf } from '../../tools/tool.ts'
import type { Settings } from '../config.ts'
import { ToolFailure } from '../errors.ts'
import { type Planned, turnKey } from '../plan.ts'
import { answerIn, asTold, reminderFor, remindersSaid, unmade } from '../reminders.ts'
import type { MadeCall, Run } from '../run.ts'
import { configFor } from '../without-images.ts'
import { isSlip, observer, toolSpecs } from './observe.ts'
import { isOlder } from './older-errors.ts'
import { ReplayDiverged, resume } from './resume.ts'
import { observeOn, openToolContexts, type ToolContexts } from './tool-contexts.ts'

/** A run with what a teacher is told of this task. */
export function runFor(task: Task, run: Run): Run {
  const config = configFor(task, run.config)
  return config === run.config ? run : { ...run, config, observe: observer(config.tools) }
}

/**
 * Let the teacher work on one task until it answers, stops, or something breaks. Every turn is durable before the next.
 */
export async function rollout(planned: Planned, run: Run): Promise<Trajectory> {
  const { key, task, teacher, sample } = planned
  const { config } = run
  const environment = await run.environment()
  const tools = toolSpecs(config.tools)
  const question = askedParts(task, config.prompts.question)
  const own = () => teacher.instructions?.(tools, kindsOf(config.tools), task.images.length)
  const system = (await run.told?.(key)) ?? own() ?? systemFor(task, config, environment)
  const turns: Turn[] = []
  const outcome = await attempt({ planned, question, system, tools, turns }, run)
  return {
    schemaVersion: 1,
    key,
    task,
    teacher: { name: teacher.name, options: teacher.options },
    sample,
    prompts: {
      ...Object.fromEntries(Object.values(config.prompts).map(({ name, sha256 }) => [name, sha256])),
      ...remindersSaid(turns),
    },
    system,
    question,
    tools,
    environment,
    turns,
    outcome,
  }
}

interface Attempt {
  planned: Planned
  question: Part[]
  system: string
  tools: ToolSpec[]
  turns: Turn[]
}

async function attempt(work: Attempt, run: Run): Promise<Outcome> {
  try {
    return await readFor(work.planned.task.id, solve(work, run))
  } catch (error) {
    if (error instanceof ReplayDiverged) return attempt(work, run)
    return failure(error, work.planned.task, run.signal)
  }
}

async function solve({ planned, question, system, tools, turns }: Attempt, run: Run): Promise<Outcome> {
  const { config, store, services, signal } = run
  const leaks = config.leaks?.judge(planned.task)
  const { sandbox, limits } = config
  const { pictures } = limits
  await using bench = openToolContexts(question, { sandbox, store, services, leaks, pictures })
  turns.push(...(await resume(planned.key, bench, run)))
  while (turns.length < limits.turns) {
    const ended = outcomeOf(turns.at(-1))
    if (ended) return ended
    const bytes = (image: { sha256: string }) => store.getBlob(image.sha256)
    const request = {
      system,
      question,
      turns: asTold(turns),
      tools,
      kinds: kindsOf(config.tools),
      sample: planned.sample,
      maxTokens: limits.maxTokens,
      bytes,
    }
    const reply = await run.ask(planned.teacher, request, signal)
    const isLast = turns.length + 1 === limits.turns
    const reminder = reminderFor(reply, { times: isLast ? 0 : (limits.reminders ?? 0), turns, tools })
    const turn = reminder
      ? { reply, observations: unmade(reply.calls, reminder), reminder }
      : {
          reply,
          observations: await observations(reply, { rollout: planned.key, turn: turns.length }, bench, run),
        }
    turns.push(await durable(turn, turnKey(planned.key, turns.length), run))
  }
  return outcomeOf(turns.at(-1)) ?? { kind: 'stopped', by: 'turns' }
}

/** What the calls of a reply give, one after the other. */
async function observations(
  { stop, calls }: Reply,
  place: Pick<MadeCall, 'rollout' | 'turn'>,
  bench: ToolContexts,
  run: Run,
): Promise<Observation[]> {
  const seen: Observation[] = []
  for (const [index, call] of (stop === 'calls' ? calls : []).entries())
    seen.push(await observation({ ...place, index, call }, bench, run))
  return seen
}

async function observation(made: MadeCall, bench: ToolContexts, run: Run): Promise<Observation> {
  const known = await run.recorded?.(made)
  if (known) {
    bench.show(known.parts)
    return known
  }
  const before = await run.before?.(made)
  const now = await observeOn(bench, made.call, run, before)
  return before && isOlder(before, now) ? before : now
}

/** A turn without calls is its reply, which is durable already. */
const durable = async (turn: Turn, key: string, { store }: Run) =>
  isOver(turn) ? turn : store.put('turns', key, turn)

/** Whether nothing comes back on it. */
const isOver = ({ observations, reminder }: Turn) => observations.length === 0 && !reminder

function outcomeOf(turn: Turn | undefined): Outcome | undefined {
  if (!turn || turn.reminder || turn.reply.stop === 'calls') return undefined
  if (turn.reply.stop !== 'end') return { kind: 'stopped', by: turn.reply.stop }
  if (turn.reply.text.trim() === '') return { kind: 'stopped', by: 'empty' }
  const answer = answerIn(turn.reply.text)
  return answer ? { kind: 'answered', answer } : { kind: 'stopped', by: 'no_answer' }
}

/** A slip in a tool of the user's own ends the run: every later call would fail alike, and nothing is lost. */
function refuseSlip(failure: ToolFailure, task: Task) {
  const { tool, cause } = failure
  if (!tool || !isSlip(failure)) return
  const own = blamed(cause, { kind: 'tool', name: tool.name, method: tool.run, task: task.id })
  if (own !== cause) throw own
}

/** The infrastructure's fault is recorded and the run goes on, unless every later call would fail alike. */
function failure(error: unknown, task: Task, signal: AbortSignal): Outcome {
  signal.throwIfAborted()
  if (error instanceof TeacherError && !error.fatal)
    return { kind: 'failed', at: 'teacher', message: error.message }
  if (error instanceof SandboxError) return { kind: 'failed', at: 'sandbox', message: error.message }
  if (error instanceof ToolFailure) {
    refuseSlip(error, task)
    return { kind: 'failed', at: 'tool', message: error.message }
  }
  throw error
}

function systemFor(task: Task, { prompts, tools }: Settings, { libraries, python }: Environment): string {
  const installed = Object.entries({ Python: python, ...libraries }).map(
    ([name, version]) => `${name} ${version}`,
  )
  const code = tools.filter(({ kind }) => kind === 'code').map(({ name }) => `\`${name}\``)
  const images = countOf(task)
  const about =
    code.length > 0 ? prompts.python.fill({ ...images(prompts.python), libraries: installed.join(', ') }) : ''
  // The text calls the tool by its own name, which is not what every tool for code is called.
  const named = about.replaceAll(`\`${prompts.python.name}\``, () => code.join(' and '))
  return prompts.system.fill({ ...images(prompts.system), tools: named }).replace(/\n{3,}/g, '\n\n')
}

/** How many images there are, for a prompt that says it. */
const countOf =
  ({ images }: Task) =>
  ({ template }: Prompt): { images?: string } =>
    template.includes('{{images}}') ? { images: String(images.length) } : {}
