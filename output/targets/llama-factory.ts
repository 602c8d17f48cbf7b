import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Guard, guard } from '../../prompts/markers.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { ToolCall, Trajectory } from '../../schemas/trajectory.ts'
import { type TextRow, TextRows } from '../../tasks/source.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { decline, Export, type ExportContext, type Projected, project } from '../export.ts'
import { LessonOptions, type LessonTurn, lessonAbout, lessonOf, reasoned } from '../lesson.ts'
import { pictures, type RowPictures } from '../pictures.ts'
import { mixOf } from '../text-mix.ts'
import { rawArguments } from '../trainable.ts'
import { datasetInfo, llamaFactoryTraining } from './dataset-info.ts'

const schema = new Schema([
  text('id'),
  text('key'),
  list('conversations', struct('element', [text('from'), text('value')]).type),
  text('system'),
  text('tools'),
  images({ decode: false }),
  flag('altered'),
])

export const LlamaFactoryOptions = closed({
  ...LessonOptions.properties,
  /** Rows of text alone that are mixed in. */
  longCot: Type.Optional(TextRows),
})
export type LlamaFactoryOptions = Static<typeof LlamaFactoryOptions>

/**
 * Kept trajectories in LLaMA-Factory's sharegpt format, for its own tool templates. Parallel calls are one
 * `function_call` with one `observation`, and the thought of every turn stands in `<think>`. The trainer's loss covers
 * every turn, so a row that is no lesson is declined.
 */
export const llamaFactory = factory(
  Export,
  'llamaFactory',
  LlamaFactoryOptions,
  ({ longCot, ...given }): Export => ({
    name: 'llamafactory',
    options: { ...lessonAbout(given), ...(longCot && { longCot: longCot.options }) },
    select: 'kept',
    shards: 'train',
    trainer: {
      name: 'LLaMA-Factory',
      load: 'in the folder: llamafactory-cli train kindling.yaml',
    },
    schema,
    about:
      'For supervised fine-tuning with LLaMA-Factory (sharegpt with tools): run `llamafactory-cli train kindling.yaml` in its folder, or use the dataset `kindling` of its `dataset_info.json`.',
    row: ({ measured: { trajectory } }, context) => row(trajectory, given, context),
    maxTokens: given.maxTokens,
    files: totals => ({
      'dataset_info.json': about,
      'kindling.yaml': llamaFactoryTraining('kindling', totals),
    }),
    ...(longCot && { mix: mixOf(longCot, textRow) }),
  }),
)

const textRow = ({ question, reasoning, answer }: TextRow) => ({
  conversations: [
    { from: 'human', value: question.trim() },
    { from: 'gpt', value: reasoned(reasoning, `<answer>${answer.trim()}</answer>`) },
  ],
  system: '',
  tools: '',
})

const about = datasetInfo(
  'kindling',
  { messages: 'conversations', system: 'system', tools: 'tools', images: 'images' },
  { role: 'from', content: 'value', user: 'human', assistant: 'gpt' },
)

/** Tokens of what its templates for Qwen say about tools. */
const template = 120

async function row(
  trajectory: Trajectory,
  options: LessonOptions,
  context: ExportContext,
): Promise<Projected> {
  const taught = lessonOf(trajectory, options)
  if (!taught.teach) return decline(taught.reason, taught.detail)
  const { lesson } = taught
  const safe = guard({ tags: ['think', 'answer', 'tool_call', 'tool_response'], special: true })
  const shown = pictures(safe)
  const tools = lesson.tools.map(tool => ({ type: 'function', function: tool }))
  const written = {
    id: safe.text(trajectory.task.id),
    key: trajectory.key,
    conversations: [
      { from: 'human', value: shown.parts(lesson.question) },
      ...lesson.turns.flatMap(turn => messages(turn, shown, safe)),
    ],
    system: lesson.system,
    tools: safe.json(JSON.stringify(tools)),
    images: await shown.column(context),
  }
  const texts = [written.system, written.tools, ...written.conversations.map(({ value }) => value)]
  return project(
    { ...written, altered: safe.altered() },
    { length: { texts, pictures: shown.list, template } },
  )
}

function messages(turn: LessonTurn, shown: RowPictures, safe: Guard) {
  if (turn.kind === 'reminded')
    return [
      { from: 'gpt', value: safe.text(turn.said) },
      { from: 'human', value: safe.text(turn.reminder) },
    ]
  const thought = safe.text(turn.thought)
  if (turn.kind === 'answer')
    return [{ from: 'gpt', value: reasoned(thought, `<answer>${safe.text(turn.answer)}</answer>`) }]
  const seen = turn.observations.map(({ parts }) => shown.parts(parts))
  return [
    { from: 'function_call', value: reasoned(thought, calls(turn.calls, safe)) },
    { from: 'observation', value: seen.join('\n') },
  ]
}

function calls(calls: readonly ToolCall[], safe: Guard): string {
  const written = calls.map(
    call => `{"name": ${JSON.stringify(call.name)}, "arguments": ${safe.json(rawArguments(call))}}`,
  )
  return written.length === 1 ? written.join() : `[${written.join(', ')}]`
}
