import type { Field } from 'apache-arrow'
import { type Guard, placeholder } from '../../prompts/markers.ts'
import { prompt } from '../../prompts/prompt.ts'
import { isObject } from '../../schemas/json.ts'
import type { ParquetRow, ParquetValue } from '../columns.ts'
import { answered, type Lesson, type LessonTurn, reasoned } from '../lesson.ts'
import { calledAs, type LessonForm, lessonExport } from '../lesson-export.ts'
import type { PictureBytes, RowPictures } from '../pictures.ts'

/** A message in which tools, calls and what came back are words. Each `<image>` in it is a picture of the row. */
export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What one trainer reads: how it wants messages, and where it wants pictures. */
export interface InlinedForm extends Pick<LessonForm, 'name' | 'about' | 'trainer' | 'files'> {
  /** The column of messages. */
  column: Field
  /** Messages in that column; `images` are the row's pictures, in the order of their placeholders. */
  written(messages: readonly Message[], images: readonly PictureBytes[]): ParquetValue
  /** The column of pictures, unless messages hold them themselves. */
  images?: Field
}

/** A target for trainers that know no tools, or lose them on the way. */
export const inlined = ({ column, images, written, ...form }: InlinedForm) =>
  lessonExport({
    ...form,
    options: { withTools: withTools.sha256 },
    columns: images ? [column, images] : [column],
    tags: ['think', 'answer', 'tools', 'tool_call', 'tool_response'],
    told(lesson, shown, safe) {
      const said = messages(lesson, shown, safe)
      return {
        texts: said.map(({ content }) => content),
        columns: seen => ({ [column.name]: written(said, seen), ...(images && { [images.name]: seen }) }),
      }
    },
    textRow: (question, answer) => ({
      [column.name]: written(
        [
          { role: 'user', content: question },
          { role: 'assistant', content: answer },
        ],
        [],
      ),
    }),
  })

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
    return [{ role: 'assistant', content: answered(thought, safe.text(turn.answer)) }]
  const calls = turn.calls.map(call => `<tool_call>\n${calledAs(call, safe)}\n</tool_call>`)
  const results = turn.observations.map(
    ({ parts }) => `<tool_response>\n${shown.parts(parts)}\n</tool_response>`,
  )
  return [
    { role: 'assistant', content: reasoned(thought, calls.join('\n')) },
    { role: 'user', content: results.join('\n') },
  ]
}

/** A text with placeholders as its texts and, for each placeholder, what `picture` gives. */
export const typedParts = (
  content: string,
  part: { text(text: string): ParquetRow; picture(): ParquetRow },
): ParquetRow[] =>
  content
    .split(new RegExp(`(${placeholder})`))
    .filter(piece => piece !== '')
    .map(piece => (piece === placeholder ? part.picture() : part.text(piece)))
