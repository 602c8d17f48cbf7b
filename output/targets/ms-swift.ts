import { Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Guard, guard } from '../../prompts/markers.ts'
import { closed, factory } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type TextRow, TextRows } from '../../tasks/source.ts'
import { flag, images, list, type ParquetRow, struct, text } from '../columns.ts'
import { decline, Export, type ExportContext, type Projected, project } from '../export.ts'
import { LessonOptions, type LessonTurn, lessonAbout, lessonOf, reasoned } from '../lesson.ts'
import { pictures, type RowPictures } from '../pictures.ts'
import { mixOf } from '../text-mix.ts'
import { rawArguments } from '../trainable.ts'
import { type Training, trainingFile } from './training-file.ts'

const schema = new Schema([
  text('id'),
  text('key'),
  list('messages', struct('element', [text('role'), text('content'), flag('loss')]).type),
  text('tools'),
  images({ decode: false }),
  flag('altered'),
])

const command = 'swift sft sft.yaml'

export const MsSwiftOptions = closed({
  ...LessonOptions.properties,
  /** Rows of text alone that are mixed in. */
  longCot: Type.Optional(TextRows),
})
export type MsSwiftOptions = Static<typeof MsSwiftOptions>

/**
 * Kept trajectories in ms-swift's own roles: the thought of a turn is `assistant`, each of its calls is a `tool_call`
 * and what it gave a `tool_response`. `loss` is false where the teacher had to be reminded and that is kept.
 */
export const msSwift = factory(
  Export,
  'msSwift',
  MsSwiftOptions,
  ({ longCot, ...given }): Export => ({
    name: 'ms_swift',
    options: { ...lessonAbout(given), ...(longCot && { longCot: longCot.options }) },
    select: 'kept',
    shards: 'train',
    schema,
    about: 'For supervised fine-tuning with ms-swift, in its roles `tool_call` and `tool_response`.',
    trainer: { name: 'ms-swift', load: `in the folder: ${command}` },
    row: ({ measured: { trajectory } }, context) => row(trajectory, given, context),
    maxTokens: given.maxTokens,
    files: totals => ({ 'sft.yaml': trainingFile(command, totals, settings) }),
    ...(longCot && { mix: mixOf(longCot, textRow) }),
  }),
)

const settings = ({ model, cutoff, pixels }: Training) => ({
  model,
  dataset: ['train'],
  // A row that is lost ends the command.
  strict: true,
  agent_template: 'hermes',
  max_length: cutoff,
  max_pixels: pixels.most,
  tuner_type: 'full',
  torch_dtype: 'bfloat16',
  per_device_train_batch_size: 1,
  gradient_accumulation_steps: 16,
  learning_rate: 1e-5,
  num_train_epochs: 1,
  output_dir: '../../trained/ms_swift',
})

/** Nothing tells of tools: there is nothing to look at. */
const textRow = ({ question, reasoning, answer }: TextRow): ParquetRow => ({
  messages: [
    { role: 'user', content: question.trim(), loss: null },
    { role: 'assistant', content: reasoned(reasoning, `<answer>${answer.trim()}</answer>`), loss: true },
  ],
  tools: '[]',
})

/** Tokens of what its template `hermes` says about tools. */
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
    messages: [
      { role: 'system', content: lesson.system, loss: null },
      { role: 'user', content: shown.parts(lesson.question), loss: null },
      ...lesson.turns.flatMap(turn => messages(turn, shown, safe)),
    ],
    tools: safe.json(JSON.stringify(tools)),
    images: await shown.column(context),
  }
  const texts = [written.tools, ...written.messages.map(({ content }) => content)]
  const length = { texts, pictures: shown.list, template }
  return project({ ...written, altered: safe.altered() }, { length })
}

type Said = { role: string; content: string; loss: boolean | null }

function messages(turn: LessonTurn, shown: RowPictures, safe: Guard): Said[] {
  if (turn.kind === 'reminded')
    return [
      { role: 'assistant', content: safe.text(turn.said), loss: false },
      { role: 'user', content: safe.text(turn.reminder), loss: null },
    ]
  const thought = safe.text(turn.thought)
  if (turn.kind === 'answer')
    return [
      {
        role: 'assistant',
        content: reasoned(thought, `<answer>${safe.text(turn.answer)}</answer>`),
        loss: true,
      },
    ]
  return [
    ...(thought === '' ? [] : [{ role: 'assistant', content: reasoned(thought, ''), loss: true }]),
    ...turn.calls.map(call => ({
      role: 'tool_call',
      content: `{"name": ${JSON.stringify(call.name)}, "arguments": ${safe.json(rawArguments(call))}}`,
      loss: true,
    })),
    ...turn.observations.map(({ parts }) => ({
      role: 'tool_response',
      content: shown.parts(parts),
      loss: null,
    })),
  ]
}
