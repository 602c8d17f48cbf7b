import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { placeOf } from '../../checks/code/cells.ts'
import { reindented as codeReindented } from '../../checks/code/reindented.ts'
import {
  instructions,
  promptHashes,
  questionText,
  type Showing,
  studentGuard,
} from '../../prompts/deepeyes.ts'
import { closed, count, factory } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type TextRow, TextRows } from '../../tasks/source.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { decline, Export, type ExportContext, type Projected, project } from '../export.ts'
import { type Lesson, type LessonTurn, lessonOf } from '../lesson.ts'
import { pictures } from '../pictures.ts'
import { mixOf } from '../text-mix.ts'
import { Reminded } from '../trainable.ts'
import { datasetInfo, llamaFactoryTraining } from './dataset-info.ts'
import {
  type ContractBreach,
  contractBreach,
  messageBack,
  messageSaid,
  type StudentMessage,
  spoken,
  withoutImageSearch,
} from './deepeyes-turn.ts'
import { imageSearchOf } from './search-cache.ts'

const schema = new Schema([
  text('id'),
  text('key'),
  list('messages', struct('element', [text('role'), text('content')]).type),
  images({ decode: false }),
  flag('altered'),
])

export const DeepEyesSftOptions = closed({
  maxChars: Type.Optional(count),
  /** Rows of text alone that are mixed in, as 81.6 % of DeepEyesV2's cold start are (arXiv 2511.05271, figure 9). */
  longCot: Type.Optional(TextRows),
  /** What becomes of a row whose teacher was reminded; it is declined by default. */
  reminded: Type.Optional(Reminded),
  /**
   * What becomes of a row with code that DeepEyesV2's environment, as it is published, would run as another program,
   * because it indents every line anew; it is declined by default. Keep it where nothing indents code
   * (`fix_python_indentation` taken out of envs/deepeyesv2/deepeyesv2.py), or nobody trains on with that environment.
   */
  reindented: Type.Optional(Type.Enum(['decline', 'keep'])),
  /**
   * What becomes of a row that goes where the contract has no words, such as to a search for another picture than the
   * question's, or to code that is indented anew: it is declined by default. `cut` has it end before that, with the
   * call of the turn before: such a row teaches the way and no answer.
   */
  beyond: Type.Optional(Type.Enum(['decline', 'cut'])),
  /** Tokens that a row may have: a longer one is declined as `too_long`. No bound by default. */
  maxTokens: Type.Optional(count),
})
export type DeepEyesSftOptions = Static<typeof DeepEyesSftOptions>

/**
 * Kept trajectories in the contract of DeepEyesV2's student (arXiv 2511.05271, appendix A.8). A turn is `<think>`, then
 * `<code>`, `<tool_call>` or `<answer>`, with one call at most; what comes back is a user turn. A row that the contract
 * cannot express is declined. `maxChars` is how much of a cell's stdout and of its stderr an observation holds, as the
 * teacher's did.
 */
export const deepEyesSft = factory(
  Export,
  'deepEyesSft',
  DeepEyesSftOptions,
  ({ maxChars = 8_000, longCot, reminded, reindented = 'decline', ...others }): Export => ({
    name: 'deepeyes_sft',
    options: {
      maxChars,
      prompts: promptHashes,
      ...(longCot && { longCot: longCot.options }),
      ...(reminded && { reminded }),
      reindented,
      ...others,
    },
    select: 'kept',
    shards: 'train',
    trainer: {
      name: 'LLaMA-Factory, for a DeepEyesV2 student',
      load: 'in the folder: llamafactory-cli train kindling.yaml',
    },
    schema,
    about: `${described}${others.beyond === 'cut' ? cutRows : ''}`,
    row: ({ measured: { trajectory } }, context) =>
      row(trajectory, { reminded, reindented, maxChars, ...others }, context),
    maxTokens: others.maxTokens,
    files: totals => ({
      'dataset_info.json': about,
      'kindling.yaml': llamaFactoryTraining('kindling_deepeyes', totals),
    }),
    ...(longCot && { mix: mixOf(longCot, reasoned) }),
  }),
)

const described =
  'The cold start of a DeepEyesV2-style student, for LLaMA-Factory without tools: run `llamafactory-cli train kindling.yaml` in its folder, or use the dataset `kindling_deepeyes` of its `dataset_info.json`. Its own system prompt allows `display(image)` beside `plt.show()`; an environment for reinforcement learning has to allow both, too.'
const cutRows = ' A row that is `cut` ends with a call, before what its contract has no words for.'

/** Reasoning without images, in the student's words. Nothing tells of tools: there is nothing to look at. */
const reasoned = ({ question, reasoning, answer }: TextRow) => {
  const asked = questionText([{ type: 'text', text: question }], { put: () => '', safe: studentGuard() })
  const said = spoken(reasoning.trim(), `<answer>${answer.trim()}</answer>`, { text: text => text })
  return { messages: [{ role: 'user', content: asked }, said] }
}

const about = datasetInfo(
  'kindling_deepeyes',
  { messages: 'messages', images: 'images' },
  { role: 'role', content: 'content', user: 'user', assistant: 'assistant' },
)

interface Written {
  maxChars: number
  reminded: Reminded | undefined
  reindented: 'decline' | 'keep'
  beyond?: 'decline' | 'cut'
}

async function row(trajectory: Trajectory, options: Written, context: ExportContext): Promise<Projected> {
  const taught = lessonOf(trajectory, { reminded: options.reminded ?? 'decline' })
  if (!taught.teach) return decline(taught.reason, taught.detail)
  const { lesson } = taught
  const breach = await firstBreach(lesson.turns, options, context)
  if (breach && (options.beyond !== 'cut' || breach.turn === 0)) return decline(breach.reason, breach.detail)
  const turns = breach ? lesson.turns.slice(0, breach.turn) : lesson.turns
  const safe = studentGuard()
  const shown = pictures(safe)
  const messages = conversation({ ...lesson, turns }, { put: shown.put, safe, ...options, ...context })
  const found = imageSearchOf(trajectory) ?? (await context.imageSearch?.(trajectory.task))
  const tools = found ? trajectory.tools : withoutImageSearch(trajectory.tools, context.kinds)
  const told = instructions(tools, context.kinds, trajectory.task.images.length)
  const written = {
    id: safe.text(trajectory.task.id),
    key: trajectory.key,
    messages: [{ role: 'system', content: told }, ...messages],
    images: await shown.column(context),
  }
  const texts = written.messages.map(({ content }) => content)
  return project(
    { ...written, altered: safe.altered() },
    { length: { texts, pictures: shown.list }, ...(breach && { changed: ['cut'] }) },
  )
}

/** It ends with what the student says last: what comes back then is not taught from. */
function conversation({ question, turns }: Lesson, showing: Showing): StudentMessage[] {
  const asked = { role: 'user', content: questionText(question, showing) } as const
  const rest = turns.flatMap((turn, index) => [
    messageSaid(turn, showing),
    index < turns.length - 1 ? messageBack(turn, showing) : undefined,
  ])
  return [asked, ...rest.filter(message => message !== undefined)]
}

/** The first turn that the student could not take, if there is one: without words for it, or run as another program. */
async function firstBreach(
  turns: readonly LessonTurn[],
  { reindented, beyond }: Written,
  context: ExportContext,
): Promise<ContractBreach | undefined> {
  const breach = contractBreach(turns, context.kinds)
  if (reindented === 'keep' || (breach && beyond !== 'cut')) return breach
  return (await anotherProgram(turns.slice(0, breach?.turn), context)) ?? breach
}

/** Where the environment would run another program, if it would. */
async function anotherProgram(
  turns: readonly LessonTurn[],
  context: ExportContext,
): Promise<ContractBreach | undefined> {
  const cells = turns.flatMap((said, turn) => {
    const data = said.kind === 'calls' ? said.observations[0]?.data : undefined
    return data?.kind === 'cell' ? [{ turn, code: data.code }] : []
  })
  const changed = await codeReindented(
    cells.map(({ code }) => code),
    context,
  )
  const index = changed.indexOf(true)
  const cell = cells[index]
  return (
    cell && {
      turn: cell.turn,
      reason: 'environment_reindents',
      detail: placeOf({ number: index + 1, turn: cell.turn + 1 }),
    }
  )
}
