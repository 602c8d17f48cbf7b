import type { Guard } from '../../prompts/markers.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Part } from '../../schemas/task.ts'
import type { ToolCall } from '../../schemas/trajectory.ts'
import { imagesLead, textOfParts } from '../../teachers/wire-images.ts'
import { type LessonTurn, reasoned } from '../lesson.ts'
import { rawArguments } from '../trainable.ts'

/** Of a turn's loss. */
export type Weight = 0 | 1

export interface Writing {
  safe: Guard
  /** Data URLs of pictures by their sha256. */
  urls: ReadonlyMap<string, string>
}

/** Texts and pictures in a message of the user. */
export const userContent = (parts: readonly Part[], { safe, urls }: Writing): JsonObject[] =>
  parts.map(part =>
    part.type === 'text'
      ? { type: 'text', text: safe.text(part.text) }
      : { type: 'image_url', image_url: { url: urls.get(part.image.sha256) ?? '' } },
  )

/** A turn in OpenAI's messages, where `weight` is that of its loss. */
export function messagesOf(turn: LessonTurn, weight: Weight, writing: Writing): JsonObject[] {
  const { safe } = writing
  if (turn.kind === 'answer') {
    const content = reasoned(safe.text(turn.thought), `<answer>${safe.text(turn.answer)}</answer>`)
    return [{ role: 'assistant', content, weight }]
  }
  if (turn.kind === 'reminded')
    return [
      { role: 'assistant', content: safe.text(turn.said), weight },
      { role: 'user', content: safe.text(turn.reminder) },
    ]
  const shown = turn.observations.flatMap(({ parts }) => parts).filter(part => part.type === 'image')
  return [
    calling(turn, weight, safe),
    ...turn.calls.map((call, index) => resultOf(call, turn.observations[index]?.parts ?? [], safe)),
    ...(shown.length > 0 ? [{ role: 'user', content: userContent([imagesLead, ...shown], writing) }] : []),
  ]
}

type Calls = Extract<LessonTurn, { kind: 'calls' }>

const calling = ({ thought, calls }: Calls, weight: Weight, safe: Guard): JsonObject => ({
  role: 'assistant',
  ...(thought.trim() !== '' && { content: reasoned(safe.text(thought), '') }),
  tool_calls: calls.map(call => ({
    id: safe.text(call.id),
    type: 'function',
    function: { name: call.name, arguments: safe.json(rawArguments(call)) },
  })),
  weight,
})

/** Its pictures come behind all results. */
const resultOf = ({ id }: ToolCall, parts: readonly Part[], safe: Guard): JsonObject => ({
  role: 'tool',
  tool_call_id: safe.text(id),
  content: safe.text(textOfParts(parts)),
})
