import Type, { type Static } from 'typebox'
import { thoughtIn } from '../checks/reading/turns-read.ts'
import { guard } from '../prompts/markers.ts'
import { promptFor } from '../prompts/twofold.ts'
import type { JsonObject } from '../schemas/json.ts'
import { closed, count, filledText } from '../schemas/options.ts'
import type { Part } from '../schemas/task.ts'
import type { Observation, ToolCall, ToolSpec, Trajectory, Turn } from '../schemas/trajectory.ts'
import { questionParts } from './pictures.ts'
import { StudentPrompt, studentPrompt } from './student.ts'
import { first, type Reason, RemindedOrKept, trainedOn, untrainable } from './trainable.ts'

/**
 * What a student is taught by one trajectory, whatever the trainer. `question` and `observations` are as the teacher
 * saw them, and their texts are anybody's: a target guards them. `system` is the config's, and may be written as it is.
 */
export interface Lesson {
  system: string
  tools: readonly ToolSpec[]
  question: readonly Part[]
  turns: readonly LessonTurn[]
}

/** The last turn is an answer, and no other is. */
export type LessonTurn =
  /** `observations` are those of the calls, in order. */
  | { kind: 'calls'; thought: string; calls: readonly ToolCall[]; observations: readonly Observation[] }
  /** `answer` is what stands in its tags. */
  | { kind: 'answer'; thought: string; answer: string }
  /** What was said in place of a call or an answer, and what the teacher was told then; only where that is kept. */
  | { kind: 'reminded'; said: string; reminder: string }

/** A lesson, or why the trajectory is none. */
export type Taught = { teach: true; lesson: Lesson } | ({ teach: false } & Reason)

/** Options that every target for supervised fine-tuning has. */
export const LessonOptions = closed({
  /** What the student is told, in place of what it is told in all targets. */
  system: Type.Optional(Type.Union([StudentPrompt, filledText])),
  /**
   * What becomes of a row whose teacher was reminded; it is declined by default. One that is kept teaches also what the
   * teacher was reminded of.
   */
  reminded: Type.Optional(RemindedOrKept),
  /**
   * What becomes of a row in which a call or the answer stands without a thought; it is declined by default, because
   * templates for reasoning models put an empty thought there and train on it.
   */
  silent: Type.Optional(Type.Enum(['decline', 'keep'])),
  /** Tokens that a row may have: a longer one is declined as `too_long`. No bound by default. */
  maxTokens: Type.Optional(count),
})
export type LessonOptions = Static<typeof LessonOptions>

/** The options as the manifest says them. */
export const lessonAbout = ({ system = studentPrompt, ...others }: LessonOptions): JsonObject => ({
  ...(typeof system === 'string' ? { system } : { prompts: { [system.name]: system.sha256 } }),
  ...others,
})

/** What a trajectory teaches, or why it is not to be taught from. */
export function lessonOf(trajectory: Trajectory, options: LessonOptions): Taught {
  const { reminded = 'decline', silent = 'decline' } = options
  const read = trainedOn(trajectory, reminded)
  const problem = untrainable(read, reminded) ?? (silent === 'decline' ? silence(read) : undefined)
  return problem ? { teach: false, ...problem } : { teach: true, lesson: lesson(read, options) }
}

/** Where a turn stands without a thought, if one does. Of a reminded one that is known. */
const silence = ({ turns }: Trajectory): Reason | undefined =>
  first(turns, ({ reply, reminder }, index) =>
    reminder || thoughtIn(reply.text) !== ''
      ? undefined
      : { reason: 'no_thought', detail: `turn ${index + 1}` },
  )

const lesson = (trajectory: Trajectory, { system }: LessonOptions): Lesson => ({
  system: systemFor(trajectory.task.images.length, system),
  tools: trajectory.tools,
  question: questionParts(trajectory),
  turns: trajectory.turns.map(turn => lessonTurn(turn, trajectory)),
})

/** Without what a trainer would take for a picture or a token of its own. */
const systemFor = (images: number, system: LessonOptions['system'] = studentPrompt): string =>
  guard({ special: true }).text(typeof system === 'string' ? system : promptFor(images, system).fill({}))

function lessonTurn(turn: Turn, { outcome, turns }: Trajectory): LessonTurn {
  const { reply, observations, reminder } = turn
  const answer = outcome.kind === 'answered' ? outcome.answer : ''
  if (turn === turns.at(-1)) return { kind: 'answer', thought: thoughtIn(reply.text), answer }
  if (reply.calls.length === 0) return { kind: 'reminded', said: reply.text, reminder: reminder?.text ?? '' }
  return { kind: 'calls', thought: reply.text.trim(), calls: reply.calls, observations }
}

/**
 * A trained turn as a reasoning model writes it, with exactly the line breaks by which chat templates and LLaMA-Factory
 * know a thought.
 */
export const reasoned = (thought: string, rest: string): string =>
  thought.trim() === '' ? rest : `<think>\n${thought.trim()}\n</think>\n\n${rest}`

/** The same for the turn that ends a row. */
export const answered = (thought: string, answer: string): string =>
  reasoned(thought, `<answer>${answer}</answer>`)
