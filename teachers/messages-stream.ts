import { isObject } from '../schemas/json.ts'
import type { Streamed } from './reading/answer-body.ts'
import { NoReply, refuseError } from './reading/no-reply.ts'
import { fieldsOf, objectsIn, textOr, type WireFields } from './reading/shapes.ts'

export const isLastOfMessage = (event: unknown) => /^(message_stop|error)$/.test(textOr(fieldsOf(event).type))

/**
 * The message that a stream adds up to. The package's own helper throws away a reply whose tool input is not JSON;
 * here every input stays the text that it came as. Throws NoReply where the stream was cut or holds an error.
 */
export function messageOf({ events, broke }: Streamed): WireFields {
  let message: WireFields = { type: 'message', role: 'assistant', stop_reason: null }
  let begun = false
  const blocks = new Map<unknown, Block>()
  for (const event of events.filter(isObject)) {
    refuseError(event)
    // A proxy may begin a message twice; what came first is kept.
    if (event.type === 'message_start' && !begun) {
      message = { ...message, ...opened(fieldsOf(event.message)) }
      for (const block of objectsIn(fieldsOf(event.message).content))
        blocks.set(blocks.size, { block, input: '' })
      begun = true
    }
    if (event.type === 'message_delta') message = deltaed(message, event)
    addTo(blocks, event)
  }
  if (message.stop_reason === null || message.stop_reason === undefined)
    throw broke ?? new NoReply('the stream ended before the message did')
  return { ...message, content: [...blocks.values()].map(wholeBlock) }
}

/** How much comes out is known in the end; before, it is no count. */
function opened(message: WireFields): WireFields {
  const { output_tokens: _, ...usage } = fieldsOf(message.usage)
  return { ...message, usage }
}

interface Block {
  block: WireFields
  /** Of a tool, in JSON or not, as far as it came. */
  input: string
}

const wholeBlock = ({ block, input }: Block): WireFields => (input === '' ? block : { ...block, input })

/** Counts of the last event are totals; those that it leaves out stay. */
function deltaed(message: WireFields, { delta, usage }: WireFields): WireFields {
  const counted = Object.entries(fieldsOf(usage)).filter(([, count]) => count !== null)
  return {
    ...message,
    ...Object.fromEntries(Object.entries(fieldsOf(delta)).filter(([, value]) => value !== null)),
    usage: { ...fieldsOf(message.usage), ...Object.fromEntries(counted) },
  }
}

function addTo(blocks: Map<unknown, Block>, { type, index, content_block, delta }: WireFields): void {
  const place = index ?? (type === 'content_block_start' ? blocks.size : [...blocks.keys()].at(-1))
  if (type === 'content_block_start') blocks.set(place, { block: fieldsOf(content_block), input: '' })
  if (type !== 'content_block_delta' || !isObject(delta)) return
  const { block, input } = blocks.get(place) ?? { block: begun(delta), input: '' }
  const more = textOr(delta.partial_json)
  blocks.set(place, { block: { ...block, ...extended(block, delta) }, input: input + more })
}

/** A block whose beginning did not come. */
const begun = ({ type }: WireFields): WireFields => ({
  type: type === 'thinking_delta' ? 'thinking' : 'text',
})

function extended(block: WireFields, { type, text, thinking, signature, citation }: WireFields): WireFields {
  if (type === 'text_delta') return { text: textOr(block.text) + textOr(text) }
  if (type === 'thinking_delta') return { thinking: textOr(block.thinking) + textOr(thinking) }
  if (type === 'signature_delta') return { signature }
  if (type === 'citations_delta') return { citations: [...objectsIn(block.citations), citation] }
  return {}
}
