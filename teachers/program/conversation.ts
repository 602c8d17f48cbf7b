import { hashOf } from '../../schemas/hash.ts'
import type { Seen, SeenStep } from './skill.ts'
import { type ChatRequest, type Message, picturesOf, textOf, WireError } from './wire.ts'

/** One call of an earlier turn with what came back. `arguments` is null where they were not a JSON object. */
export interface PastCall {
  name: string
  arguments: Record<string, unknown> | null
  text: string
}

/** A request as the program understands it. */
export interface Conversation {
  /** Hash of the question with the bytes of its images: which task this is. */
  task: string
  question: string
  /** How many images the question has. */
  images: number
  tools: string[]
  /** The calls of each assistant message so far. */
  turns: PastCall[][]
}

/** Read a conversation: the first user message asks; later ones only carry images of tool results. */
export function readConversation({ messages, tools = [] }: ChatRequest): Conversation {
  const asking = messages.find(message => message.role === 'user')
  if (!asking) throw new WireError(400, 'There is no user message.', { param: 'messages' })
  const results = new Map(
    messages.flatMap(message => (message.role === 'tool' ? [[message.tool_call_id, message] as const] : [])),
  )
  return {
    task: hashOf(asking),
    question: textOf(asking.content).trim(),
    images: picturesOf(asking).length,
    tools: tools.map(tool => tool.function.name),
    turns: messages.flatMap(message => (message.role === 'assistant' ? [pastCalls(message, results)] : [])),
  }
}

/** What a skill may see of a conversation; `skip` names the turns to leave out. */
export const seenOf = (conversation: Conversation, skip: (turn: number) => boolean): Seen => ({
  question: conversation.question,
  images: conversation.images,
  tools: conversation.tools,
  steps: conversation.turns.flatMap((calls, turn) => (skip(turn) ? [] : calls.flatMap(asStep))),
})

const asStep = (call: PastCall): SeenStep[] =>
  call.arguments ? [{ name: call.name, arguments: call.arguments, text: call.text }] : []

function pastCalls(
  message: Extract<Message, { role: 'assistant' }>,
  results: Map<string, Message>,
): PastCall[] {
  return (message.tool_calls ?? []).map(call => {
    const result = results.get(call.id)
    if (!result) {
      throw new WireError(400, `No tool message responds to tool_call_id ${call.id}.`, { param: 'messages' })
    }
    const { name } = call.function
    return { name, arguments: jsonObject(call.function.arguments), text: textOf(result.content) }
  })
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
