import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Guard, guard } from '../../prompts/markers.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { ToolCall, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { type TextRow, TextRows } from '../../tasks/source.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { decline, Export, type ExportContext, type Projected, project } from '../export.ts'
import { pictures, questionParts, type RowPictures } from '../pictures.ts'
import { mixOf } from '../text-mix.ts'
import { RemindedOrKept, rawArguments, trainedOn, untrainable } from '../trainable.ts'
import { datasetInfo } from './dataset-info.ts'

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
  system: Type.Optional(Type.String()),
  /** Rows of text alone that are mixed in. */
  longCot: Type.Optional(TextRows),
  /**
   * What becomes of a row whose teacher was reminded; it is declined by default. One that is kept teaches also what the
   * teacher was reminded of.
   */
  reminded: Type.Optional(RemindedOrKept),
})
export type LlamaFactoryOptions = Static<typeof LlamaFactoryOptions>

/**
 * Kept trajectories in LLaMA-Factory's sharegpt format, for its own tool templates. Parallel calls are one
 * `function_call` with one `observation`, and the thought stands in `<think>`. The trainer's loss covers every turn, so
 * a row with a call that no tool took, or of a teacher that had to be reminded, is declined. `system` replaces the
 * instructions the teacher was given.
 */
export const llamaFactory = factory(
  Export,
  'llamaFactory',
  LlamaFactoryOptions,
  ({ longCot, ...given }): Export => ({
    name: 'llamafactory',
    options: { ...given, ...(longCot && { longCot: longCot.options }) },
    select: 'kept',
    shards: 'train',
    schema,
    about:
      'For supervised fine-tuning with LLaMA-Factory (sharegpt with tools): use this folder as `dataset_dir` and the dataset `kindling` of its `dataset_info.json`.',
    row: ({ measured: { trajectory } }, context) =>
      row(trainedOn(trajectory, given.reminded ?? 'decline'), given, context),
    files: () => ({ 'dataset_info.json': about }),
    ...(longCot && { mix: mixOf(longCot, reasoned) }),
  }),
)

const reasoned = ({ question, reasoning, answer }: TextRow) => ({
  conversations: [
    { from: 'human', value: question.trim() },
    { from: 'gpt', value: `<think>\n${reasoning.trim()}\n</think>\n\n<answer>${answer.trim()}</answer>` },
  ],
  system: '',
  tools: '',
})

const about = datasetInfo(
  'kindling',
  { messages: 'conversations', system: 'system', tools: 'tools', images: 'images' },
  { role: 'from', content: 'value', user: 'human', assistant: 'gpt' },
)

async function row(
  trajectory: Trajectory,
  { system = trajectory.system, reminded }: LlamaFactoryOptions,
  context: ExportContext,
): Promise<Projected> {
  const problem = untrainable(trajectory, reminded)
  if (problem) return decline(problem.reason, problem.detail)
  const safe = guard({ tags: ['think', 'tool_call', 'tool_response'], special: true })
  const shown = pictures(safe)
  const tools = trajectory.tools.map(tool => ({ type: 'function', function: tool }))
  const written = {
    id: safe.text(trajectory.task.id),
    key: trajectory.key,
    conversations: [
      { from: 'human', value: shown.parts(questionParts(trajectory)) },
      ...trajectory.turns.flatMap(turn => turns(turn, shown, safe)),
    ],
    system: safe.text(system),
    tools: safe.json(JSON.stringify(tools)),
    images: await shown.column(context),
  }
  return project({ ...written, altered: safe.altered() })
}

function turns({ reply, observations, reminder }: Turn, shown: RowPictures, safe: Guard) {
  if (reply.calls.length === 0) {
    const said = { from: 'gpt', value: safe.text(reply.text) }
    return reminder ? [said, { from: 'human', value: safe.text(reminder.text) }] : [said]
  }
  const seen = observations.map(({ parts }) => shown.parts(parts))
  return [
    { from: 'function_call', value: thought(reply.text, safe) + calls(reply.calls, safe) },
    { from: 'observation', value: seen.join('\n') },
  ]
}

/** With exactly the line breaks by which LLaMA-Factory knows it. */
const thought = (text: string, safe: Guard): string =>
  text.trim() === '' ? '' : `<think>\n${safe.text(text.trim())}\n</think>\n\n`

function calls(calls: ToolCall[], safe: Guard): string {
  const written = calls.map(
    call => `{"name": ${JSON.stringify(call.name)}, "arguments": ${safe.json(rawArguments(call))}}`,
  )
  return written.length === 1 ? written.join() : `[${written.join(', ')}]`
}
