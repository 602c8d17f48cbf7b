import { isObject } from '../schemas/json.ts'
import type { Streamed } from './reading/answer-body.ts'
import { NoReply, refuseError } from './reading/no-reply.ts'
import { contentText, fieldsOf, objectsIn, textOr, type WireFields } from './reading/shapes.ts'

const last = /^(response\.(completed|incomplete|failed|cancelled|done)|error)$/

export const isLastOfResponse = (event: unknown) => last.test(textOr(fieldsOf(event).type))

/**
 * The response that a stream adds up to. The last event should hold it whole; where its output is empty, that is what
 * came before. Throws NoReply where the stream was cut or holds an error.
 */
export function responseOf({ events, broke }: Streamed): WireFields {
  const items = new Map<unknown, WireFields>()
  for (const event of events.filter(isObject)) {
    const type = textOr(event.type)
    refuseError(event)
    if (last.test(type)) return ended(event, [...items.values()])
    add(items, event)
  }
  throw broke ?? new NoReply('the stream ended before the response did')
}

function ended({ type, response }: WireFields, streamed: readonly WireFields[]): WireFields {
  const status = textOr(type).replace(/^response\.(done$)?/, '') || 'completed'
  const whole: WireFields = { status, ...fieldsOf(response) }
  return objectsIn(whole.output).length > 0 ? whole : { ...whole, output: streamed }
}

/** An item begins, goes on in pieces, and comes once more as a whole. */
function add(
  items: Map<unknown, WireFields>,
  { type, output_index, item_id, item, delta }: WireFields,
): void {
  const key = output_index ?? item_id ?? fieldsOf(item).id ?? [...items.keys()].at(-1)
  const before = items.get(key)
  if (isObject(item)) items.set(key, item)
  else if (type === 'response.output_text.delta') items.set(key, withText(before, textOr(delta)))
  else if (type === 'response.function_call_arguments.delta' && before)
    items.set(key, { ...before, arguments: textOr(before.arguments) + textOr(delta) })
}

function withText(message: WireFields = { type: 'message', role: 'assistant' }, more: string): WireFields {
  return {
    ...message,
    content: [{ type: 'output_text', text: contentText(message.content) + more, annotations: [] }],
  }
}
