import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { cellsOf, placeOf } from '../../checks/code/cells.ts'
import { reindented as codeReindented } from '../../checks/code/reindented.ts'
import {
  instructions,
  observationText,
  promptHashes,
  questionText,
  studentGuard,
} from '../../prompts/deepeyes.ts'
import { closed, count, factory } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type TextRow, TextRows } from '../../tasks/source.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { decline, Export, type ExportContext, type Projected, project } from '../export.ts'
import { pictures, questionParts } from '../pictures.ts'
import { mixOf } from '../text-mix.ts'
import { type Reason, Reminded, trainedOn, untrainable } from '../trainable.ts'
import { datasetInfo, llamaFactoryTraining } from './dataset-info.ts'
import { answerMessage, callMessage, contractBreach, withoutImageSearch } from './deepeyes-turn.ts'
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
  ({ maxChars = 8_000, longCot, reminded, reindented = 'decline', maxTokens }): Export => ({
    name: 'deepeyes_sft',
    options: {
      maxChars,
      prompts: promptHashes,
      ...(longCot && { longCot: longCot.options }),
      ...(reminded && { reminded }),
      reindented,
      ...(maxTokens !== undefined && { maxTokens }),
    },
    select: 'kept',
    shards: 'train',
    trainer: {
      name: 'LLaMA-Factory, for a DeepEyesV2 student',
      load: 'in the folder: llamafactory-cli train kindling.yaml',
    },
    schema,
    about:
      'The cold start of a DeepEyesV2-style student, for LLaMA-Factory without tools: run `llamafactory-cli train kindling.yaml` in its folder, or use the dataset `kindling_deepeyes` of its `dataset_info.json`. Its own system prompt allows `display(image)` beside `plt.show()`; an environment for reinforcement learning has to allow both, too.',
    row: ({ measured }, context) =>
      row(trainedOn(measured.trajectory, reminded ?? 'decline'), { maxChars, reindented }, context),
    maxTokens,
    files: totals => ({
      'dataset_info.json': about,
      'kindling.yaml': llamaFactoryTraining('kindling_deepeyes', totals),
    }),
    ...(longCot && { mix: mixOf(longCot, reasoned) }),
  }),
)

/** Where the environment would run another program, if it would. */
async function anotherProgram(trajectory: Trajectory, context: ExportContext): Promise<Reason | undefined> {
  const cells = cellsOf(trajectory)
  const changed = await codeReindented(
    cells.map(({ cell }) => cell.code),
    context,
  )
  const place = cells[changed.indexOf(true)]
  return place && { reason: 'environment_reindents', detail: placeOf(place) }
}

/** Reasoning without images, in the student's words. Nothing tells of tools: there is nothing to look at. */
const reasoned = ({ question, reasoning, answer }: TextRow) => {
  const asked = questionText([{ type: 'text', text: question }], { put: () => '', safe: studentGuard() })
  return {
    messages: [
      { role: 'user', content: asked },
      { role: 'assistant', content: `<think>${reasoning.trim()}</think>\n<answer>${answer.trim()}</answer>` },
    ],
  }
}

const about = datasetInfo(
  'kindling_deepeyes',
  { messages: 'messages', images: 'images' },
  { role: 'role', content: 'content', user: 'user', assistant: 'assistant' },
)

interface Written {
  maxChars: number
  reindented: 'decline' | 'keep'
}

async function row(
  trajectory: Trajectory,
  { maxChars, reindented }: Written,
  context: ExportContext,
): Promise<Projected> {
  const { kinds } = context
  const problem =
    untrainable(trajectory) ??
    contractBreach(trajectory, kinds) ??
    (reindented === 'decline' ? await anotherProgram(trajectory, context) : undefined)
  if (problem) return decline(problem.reason, problem.detail)
  const safe = studentGuard()
  const shown = pictures(safe)
  const showing = { put: shown.put, safe, maxChars, kinds }
  const asked = questionText(questionParts(trajectory), showing)
  const turns = trajectory.turns.slice(0, -1).flatMap(turn => [
    { role: 'assistant', content: callMessage(turn, safe, kinds) },
    { role: 'user', content: observationText(turn, showing) },
  ])
  const found = imageSearchOf(trajectory) ?? (await context.imageSearch?.(trajectory.task))
  const tools = found ? trajectory.tools : withoutImageSearch(trajectory.tools, kinds)
  const written = {
    id: safe.text(trajectory.task.id),
    key: trajectory.key,
    messages: [
      { role: 'system', content: instructions(tools, kinds, trajectory.task.images.length) },
      { role: 'user', content: asked },
      ...turns,
      { role: 'assistant', content: answerMessage(trajectory, safe) },
    ],
    images: await shown.column(context),
  }
  const texts = written.messages.map(({ content }) => content)
  return project({ ...written, altered: safe.altered() }, { length: { texts, pictures: shown.list } })
}
