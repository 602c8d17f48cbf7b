import type {
  ContentBlock,
  Message,
  RawContentBlockDelta,
  RawMessageDeltaEvent,
  RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages'

/**
 * The message that a stream adds up to. The package's own helper throws away a reply whose tool input is not JSON;
 * here every input stays the text that it came as.
 */
export async function messageOf(events: AsyncIterable<RawMessageStreamEvent>): Promise<Message> {
  let message: Message | undefined
  const inputs = new Map<number, string>()
  for await (const event of events) {
    if (event.type === 'message_stop' && message) return withInputs(message, inputs)
    // A proxy may begin a message twice; what came first is kept.
    if (event.type === 'message_start') message ??= event.message
    if (!message) continue
    if (event.type === 'message_delta') end(message, event)
    if (event.type === 'content_block_start') message.content[event.index] = event.content_block
    if (event.type !== 'content_block_delta') continue
    const { index, delta } = event
    if (delta.type === 'input_json_delta') inputs.set(index, (inputs.get(index) ?? '') + delta.partial_json)
    else extend(message.content[index], delta)
  }
  throw new Error('the stream ended before the message did')
}

/** Counts of the last event are totals; those that it leaves out stay. */
function end(message: Message, { delta, usage }: RawMessageDeltaEvent): void {
  Object.assign(message, delta)
  const counted = Object.entries(usage).filter(([, count]) => count !== null && count !== undefined)
  Object.assign(message.usage, Object.fromEntries(counted))
}

function extend(block: ContentBlock | undefined, delta: RawContentBlockDelta): void {
  if (block?.type === 'text' && delta.type === 'text_delta') block.text += delta.text
  if (block?.type === 'text' && delta.type === 'citations_delta')
    block.citations = [...(block.citations ?? []), delta.citation]
  if (block?.type !== 'thinking') return
  if (delta.type === 'thinking_delta') block.thinking += delta.thinking
  if (delta.type === 'signature_delta') block.signature = delta.signature
}

const withInputs = (message: Message, inputs: ReadonlyMap<number, string>): Message => ({
  ...message,
  content: message.content.map((block, index) => {
    const input = inputs.get(index)
    return input ? { ...block, input } : block
  }),
})
