import { guard } from '../../prompts/markers.ts'
import { isObject, type Json, type JsonObject, textsIn } from '../../schemas/json.ts'
import { factory } from '../../schemas/options.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { ToolSpec, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { decline, Export, type ExportContext, type Projected, project } from '../export.ts'
import { type Lesson, LessonOptions, type LessonTurn, lessonAbout, lessonOf, type Taught } from '../lesson.ts'
import { isTaught, trainedOn, untrainable } from '../trainable.ts'
import { openaiPictures } from './openai-pictures.ts'
import { messagesOf, userContent, type Weight, type Writing } from './openai-turn.ts'

/**
 * Kept trajectories as OpenAI's fine-tuning reads them (platform.openai.com/docs/guides/vision-fine-tuning), one a
 * line. What tools show stands in a message of the user behind what they say, as teachers see it there, because no
 * other message may hold pictures. A turn with a mistake, without a thought, or whose teacher had to be reminded, has
 * `weight` 0: it is read and not taught.
 */
export const openaiSft = factory(
  Export,
  'openaiSft',
  LessonOptions,
  (given): Export => ({
    name: 'openai',
    options: lessonAbout(given),
    select: 'kept',
    shards: 'train',
    lines: ['messages', 'tools', 'parallel_tool_calls'],
    about:
      'For supervised fine-tuning with OpenAI’s API, and with services that take its vision data: ten rows at least are wanted, each file by itself. Turns with a mistake or without a thought have `weight` 0.',
    trainer: {
      name: 'OpenAI fine-tuning',
      load: 'upload the `.jsonl` files of `openai/train` for the purpose `fine-tune`; `datasets` does not load them',
    },
    maxTokens: given.maxTokens,
    row: ({ measured: { trajectory } }, context) =>
      row(trajectory, { reminded: 'keep', silent: 'keep', ...given }, context),
  }),
)

async function row(
  trajectory: Trajectory,
  options: LessonOptions,
  context: ExportContext,
): Promise<Projected> {
  const read = trainedOn(trajectory, options.reminded ?? 'decline')
  const taught = weighable(read, options)
  if (!taught.teach) return decline(taught.reason, taught.detail)
  const { lesson } = taught
  const weights = read.turns.map((turn, index) => weightOf(turn, lesson.turns[index]))
  if (!weights.includes(1)) return decline('nothing_taught')
  const images = picturesIn(lesson)
  const pictures = await openaiPictures(images, context)
  if (!pictures.take) return decline(pictures.reason, pictures.detail)
  const safe = guard({ tags: ['think', 'answer'], special: true })
  const row = written(lesson, weights, { safe, urls: pictures.urls })
  const length = { texts: textsOf(row), pictures: images }
  return project(row, { images: images.length, altered: safe.altered(), length })
}

/** What a trajectory teaches where a mistake need not be taught. All calls have to be calls of tools, all the same. */
function weighable(trajectory: Trajectory, options: LessonOptions): Taught {
  const turns = trajectory.turns.map(withoutMistakes)
  const called = turns.map(turn => (turn.reply.calls.length > 0 ? withoutReminder(turn) : turn))
  const problem = untrainable({ ...trajectory, turns: called }, options.reminded)
  return problem ? { teach: false, ...problem } : lessonOf({ ...trajectory, turns }, options)
}

const withoutMistakes = (turn: Turn): Turn => ({
  ...turn,
  observations: turn.observations.map(seen => ({ ...seen, mistake: null })),
})

const withoutReminder = ({ reminder: _, ...turn }: Turn): Turn => turn

const picturesIn = ({ question, turns }: Lesson) =>
  imagesIn([
    ...question,
    ...turns.flatMap(turn => (turn.kind === 'calls' ? turn.observations.flatMap(({ parts }) => parts) : [])),
  ])

interface Line extends JsonObject {
  messages: JsonObject[]
}

/** Without a thought a turn would teach not to think. */
const weightOf = (turn: Turn, said: LessonTurn | undefined): Weight =>
  isTaught(turn) && said && said.kind !== 'reminded' && said.thought.trim() !== '' ? 1 : 0

/** `weights` are those of the turns. */
function written(
  { system, tools, question, turns }: Lesson,
  weights: readonly Weight[],
  writing: Writing,
): Line {
  const several = turns.some(turn => turn.kind === 'calls' && turn.calls.length > 1)
  return {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: userContent(question, writing) },
      ...turns.flatMap((turn, index) => messagesOf(turn, weights[index] ?? 0, writing)),
    ],
    ...(tools.length > 0 && {
      tools: tools.map(tool => offered(tool, writing)),
      parallel_tool_calls: several,
    }),
  }
}

/** What is read as text, message by message. */
const textsOf = ({ messages, tools }: Line): string[] => [
  JSON.stringify(tools ?? []),
  ...messages.map(({ content, tool_calls }) =>
    [...(Array.isArray(content) ? content.map(wordsIn) : [content ?? '']), ...textsIn(tool_calls)].join('\n'),
  ),
]

const wordsIn = (part: Json): Json => (isObject(part) && typeof part.text === 'string' ? part.text : '')

const offered = (tool: ToolSpec, { safe }: Writing): JsonObject => ({
  type: 'function',
  function: JSON.parse(safe.json(JSON.stringify(tool))),
})
