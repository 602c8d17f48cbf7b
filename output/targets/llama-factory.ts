import type { Guard } from '../../prompts/markers.ts'
import { factory } from '../../schemas/options.ts'
import type { ToolCall } from '../../schemas/trajectory.ts'
import { images, list, struct, text } from '../columns.ts'
import { Export } from '../export.ts'
import { answered, type Lesson, type LessonTurn, reasoned } from '../lesson.ts'
import { calledAs, LessonExportOptions, lessonExport, type ToldLesson } from '../lesson-export.ts'
import type { RowPictures } from '../pictures.ts'
import { datasetInfo, llamaFactoryTraining } from './dataset-info.ts'
import { described } from './tools-file.ts'

/**
 * Kept trajectories in LLaMA-Factory's sharegpt format, for its own tool templates. Parallel calls are one
 * `function_call` with one `observation`, and the thought of every turn stands in `<think>`. The trainer's loss covers
 * every turn, so a row that is no lesson is declined.
 */
export const llamaFactory = factory(
  Export,
  'llamaFactory',
  LessonExportOptions,
  lessonExport({
    name: 'llamafactory',
    about:
      'For supervised fine-tuning with LLaMA-Factory (sharegpt with tools): run `llamafactory-cli train kindling.yaml` in its folder, or use the dataset `kindling` of its `dataset_info.json`.',
    trainer: {
      name: 'LLaMA-Factory',
      load: 'in the folder: llamafactory-cli train kindling.yaml',
    },
    columns: [
      list('conversations', struct('element', [text('from'), text('value')]).type),
      text('system'),
      text('tools'),
      images({ decode: false }),
    ],
    tags: ['think', 'answer', 'tool_call', 'tool_response'],
    template: 120,
    told,
    textRow: (question, answer) => ({
      conversations: [
        { from: 'human', value: question },
        { from: 'gpt', value: answer },
      ],
      system: '',
      tools: '',
    }),
    files: totals => ({
      'dataset_info.json': about,
      'kindling.yaml': llamaFactoryTraining('kindling', totals),
    }),
  }),
)

const about = datasetInfo(
  'kindling',
  { messages: 'conversations', system: 'system', tools: 'tools', images: 'images' },
  { role: 'from', content: 'value', user: 'human', assistant: 'gpt' },
)

function told(lesson: Lesson, shown: RowPictures, safe: Guard): ToldLesson {
  const { system } = lesson
  const conversations = [
    { from: 'human', value: shown.parts(lesson.question) },
    ...lesson.turns.flatMap(turn => messages(turn, shown, safe)),
  ]
  const tools = safe.json(JSON.stringify(lesson.tools.map(described)))
  return {
    texts: [system, tools, ...conversations.map(({ value }) => value)],
    columns: images => ({ conversations, system, tools, images }),
  }
}

function messages(turn: LessonTurn, shown: RowPictures, safe: Guard) {
  if (turn.kind === 'reminded')
    return [
      { from: 'gpt', value: safe.text(turn.said) },
      { from: 'human', value: safe.text(turn.reminder) },
    ]
  const thought = safe.text(turn.thought)
  if (turn.kind === 'answer') return [{ from: 'gpt', value: answered(thought, safe.text(turn.answer)) }]
  const seen = turn.observations.map(({ parts }) => shown.parts(parts))
  return [
    { from: 'function_call', value: reasoned(thought, calls(turn.calls, safe)) },
    { from: 'observation', value: seen.join('\n') },
  ]
}

function calls(calls: readonly ToolCall[], safe: Guard): string {
  const written = calls.map(call => calledAs(call, safe))
  return written.length === 1 ? written.join() : `[${written.join(', ')}]`
}
