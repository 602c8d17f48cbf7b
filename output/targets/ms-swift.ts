import type { Guard } from '../../prompts/markers.ts'
import { factory } from '../../schemas/options.ts'
import { flag, images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { answered, type Lesson, type LessonTurn, reasoned } from '../lesson.ts'
import { calledAs, LessonExportOptions, lessonExport, type ToldLesson } from '../lesson-export.ts'
import type { RowPictures } from '../pictures.ts'
import { described } from './tools-file.ts'
import { type Training, trainingFile } from './training-file.ts'

const command = 'swift sft sft.yaml'

/**
 * Kept trajectories in ms-swift's own roles: the thought of a turn is `assistant`, each of its calls is a `tool_call`
 * and what it gave a `tool_response`. `loss` is false where the teacher had to be reminded and that is kept.
 */
export const msSwift = factory(
  Export,
  'msSwift',
  LessonExportOptions,
  lessonExport({
    name: 'ms_swift',
    about: 'For supervised fine-tuning with ms-swift, in its roles `tool_call` and `tool_response`.',
    trainer: { name: 'ms-swift', load: `in the folder: ${command}` },
    columns: [
      list('messages', struct('element', [text('role'), text('content'), flag('loss')]).type),
      text('tools'),
      images({ decode: false }),
    ],
    tags: ['think', 'answer', 'tool_call', 'tool_response'],
    template: 120,
    told,
    textRow: (question, answer) => ({
      messages: [
        { role: 'user', content: question, loss: null },
        { role: 'assistant', content: answer, loss: true },
      ],
      tools: '[]',
    }),
    files: totals => ({ 'sft.yaml': trainingFile(command, totals, settings) }),
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

function told(lesson: Lesson, shown: RowPictures, safe: Guard): ToldLesson {
  const said = [
    { role: 'system', content: lesson.system, loss: null },
    { role: 'user', content: shown.parts(lesson.question), loss: null },
    ...lesson.turns.flatMap(turn => messages(turn, shown, safe)),
  ]
  const tools = safe.json(JSON.stringify(lesson.tools.map(described)))
  return {
    texts: [tools, ...said.map(({ content }) => content)],
    columns: images => ({ messages: said, tools, images }),
  }
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
    return [{ role: 'assistant', content: answered(thought, safe.text(turn.answer)), loss: true }]
  return [
    ...(thought === '' ? [] : [{ role: 'assistant', content: reasoned(thought, ''), loss: true }]),
    ...turn.calls.map(call => ({ role: 'tool_call', content: calledAs(call, safe), loss: true })),
    ...turn.observations.map(({ parts }) => ({
      role: 'tool_response',
      content: shown.parts(parts),
      loss: null,
    })),
  ]
}
