import { type Field, Schema } from 'apache-arrow'
import Type, { type Static } from 'typebox'
import { type Guard, guard, placeholder } from '../../prompts/markers.ts'
import { prompt } from '../../prompts/prompt.ts'
import { isObject } from '../../schemas/json.ts'
import { closed } from '../../schemas/options.ts'
import type { ToolCall, Trajectory } from '../../schemas/trajectory.ts'
import { type TextRow, TextRows } from '../../tasks/source.ts'
import { flag, type ParquetRow, type ParquetValue, text } from '../columns.ts'
import { decline, type Export, type ExportContext, type Projected, project } from '../export.ts'
import type { Totals } from '../length/totals.ts'
import { type Lesson, LessonOptions, type LessonTurn, lessonAbout, lessonOf, reasoned } from '../lesson.ts'
import { type PictureBytes, pictures, type RowPictures } from '../pictures.ts'
import { mixOf } from '../text-mix.ts'
import { rawArguments } from '../trainable.ts'

/** A message in which tools, calls and what came back are words. Each `<image>` in it is a picture of the row. */
export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What one trainer reads: how it wants messages, and where it wants pictures. */
export interface InlinedForm {
  name: string
  about: string
  trainer: NonNullable<Export['trainer']>
  /** The column of messages. */
  column: Field
  /** Messages in that column; `images` are the row's pictures, in the order of their placeholders. */
  written(messages: readonly Message[], images: readonly PictureBytes[]): ParquetValue
  /** The column of pictures, unless messages hold them themselves. */
  images?: Field
  files(totals: Totals): Record<string, string>
}

export const InlinedOptions = closed({
  ...LessonOptions.properties,
  /** Rows of text alone that are mixed in. */
  longCot: Type.Optional(TextRows),
})
export type InlinedOptions = Static<typeof InlinedOptions>

/** A target for trainers that know no tools, or lose them on the way. */
export const inlined =
  (form: InlinedForm) =>
  ({ longCot, ...given }: InlinedOptions): Export => ({
    name: form.name,
    options: {
      ...lessonAbout(given),
      withTools: withTools.sha256,
      ...(longCot && { longCot: longCot.options }),
    },
    select: 'kept',
    shards: 'train',
    schema: new Schema([
      text('id'),
      text('key'),
      form.column,
      ...(form.images ? [form.images] : []),
      flag('altered'),
    ]),
    about: form.about,
    trainer: form.trainer,
    row: ({ measured: { trajectory } }, context) => row(trajectory, given, form, context),
    maxTokens: given.maxTokens,
    files: form.files,
    ...(longCot && {
      mix: mixOf(longCot, text => ({ [form.column.name]: form.written(textMessages(text), []) })),
    }),
  })

const textMessages = ({ question, reasoning, answer }: TextRow): Message[] => [
  { role: 'user', content: question.trim() },
  { role: 'assistant', content: reasoned(reasoning, `<answer>${answer.trim()}</answer>`) },
]

async function row(
  trajectory: Trajectory,
  options: LessonOptions,
  { column, written, images }: InlinedForm,
  context: ExportContext,
): Promise<Projected> {
  const taught = lessonOf(trajectory, options)
  if (!taught.teach) return decline(taught.reason, taught.detail)
  const safe = guard({ tags: ['think', 'answer', 'tools', 'tool_call', 'tool_response'], special: true })
  const shown = pictures(safe)
  const said = messages(taught.lesson, shown, safe)
  const seen = await shown.column(context)
  const row: ParquetRow = {
    id: safe.text(trajectory.task.id),
    key: trajectory.key,
    [column.name]: written(said, seen),
    ...(images && { [images.name]: seen }),
  }
  const altered = safe.altered()
  const length = { texts: said.map(({ content }) => content), pictures: shown.list }
  return project({ ...row, altered }, { images: seen.length, altered, length })
}

const messages = (lesson: Lesson, shown: RowPictures, safe: Guard): Message[] => [
  { role: 'system', content: told(lesson, safe) },
  { role: 'user', content: shown.parts(lesson.question) },
  ...lesson.turns.flatMap(turn => turnMessages(turn, shown, safe)),
]

/** What a student is told, and of its tools, as Qwen's chat templates tell of them. */
export const withTools = prompt('inlined-tools', new URL('inlined-tools.md', import.meta.url))

/** As Qwen's chat templates tell of tools, so that a student that is served with one is told what it was taught. */
function told({ system, tools }: Lesson, safe: Guard): string {
  if (tools.length === 0) return system
  const listed = tools.map(tool => safe.json(spaced({ type: 'function', function: tool })))
  return withTools.fill({ system, tools: listed.join('\n') })
}

/** JSON with the spaces that Python puts into it, and with it all chat templates. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, held]) => `${JSON.stringify(key)}: ${spaced(held)}`)
    .join(', ')}}`
}

function turnMessages(turn: LessonTurn, shown: RowPictures, safe: Guard): Message[] {
  if (turn.kind === 'reminded')
    return [
      { role: 'assistant', content: safe.text(turn.said) },
      { role: 'user', content: safe.text(turn.reminder) },
    ]
  const thought = safe.text(turn.thought)
  if (turn.kind === 'answer')
    return [{ role: 'assistant', content: reasoned(thought, `<answer>${safe.text(turn.answer)}</answer>`) }]
  const calls = turn.calls.map(call => `<tool_call>\n${written(call, safe)}\n</tool_call>`)
  const results = turn.observations.map(
    ({ parts }) => `<tool_response>\n${shown.parts(parts)}\n</tool_response>`,
  )
  return [
    { role: 'assistant', content: reasoned(thought, calls.join('\n')) },
    { role: 'user', content: results.join('\n') },
  ]
}

const written = (call: ToolCall, safe: Guard): string =>
  `{"name": ${JSON.stringify(call.name)}, "arguments": ${safe.json(rawArguments(call))}}`

/** A text with placeholders as its texts and, for each placeholder, what `picture` gives. */
export const typedParts = (
  content: string,
  part: { text(text: string): ParquetRow; picture(): ParquetRow },
): ParquetRow[] =>
  content
    .split(new RegExp(`(${placeholder})`))
    .filter(piece => piece !== '')
    .map(piece => (piece === placeholder ? part.picture() : part.text(piece)))
