import type { Json, JsonObject } from '../schemas/json.ts'
import { chatOfItems } from './response-items.ts'
import { fieldsIn, itemsIn, textAs } from './row.ts'

/** A session of an agent as a chat. */
export interface SessionChat {
  id: string
  model: string
  messages: JsonObject[]
}

/** How one harness writes its sessions: the lines that are its own, and what they say. */
interface Harness {
  is(line: JsonObject): boolean
  chat(lines: readonly JsonObject[]): SessionChat
}

const codexTypes = ['session_meta', 'response_item', 'event_msg', 'turn_context', 'compacted']
const claudeTypes = ['user', 'assistant', 'system', 'attachment', 'progress']

/**
 * Claude Code (`~/.claude/projects`), Codex (`~/.codex/sessions`), and the Hub's own form for all others
 * (huggingface.co/docs/hub/session-traces-format).
 */
const harnesses: Harness[] = [
  { is: ({ type, payload }) => codexTypes.includes(textAs(type)) && payload !== undefined, chat: codexChat },
  {
    is: ({ type, uuid, sessionId }) =>
      claudeTypes.includes(textAs(type)) && typeof uuid === 'string' && typeof sessionId === 'string',
    chat: claudeChat,
  },
  {
    is: ({ type, harness, message }) =>
      (type === 'session' && typeof harness === 'string') ||
      (type === 'message' && typeof fieldsIn(message).role === 'string'),
    chat: simpleChat,
  },
]

/** Whether a line is one of a session. */
export const isSessionLine = (line: JsonObject): boolean => harnesses.some(({ is }) => is(line))

/** What the lines of a file say; undefined where they are none of a session. */
export function sessionChat(lines: readonly JsonObject[]): SessionChat | undefined {
  const harness = harnesses.find(({ is }) => lines.some(is))
  return harness?.chat(lines.filter(harness.is))
}

/** `event_msg` lines say again what items say. What Codex adds about its place stands in tags of a user's message. */
function codexChat(lines: readonly JsonObject[]): SessionChat {
  const payloads = (type: string) =>
    lines.filter(line => line.type === type).map(({ payload }) => fieldsIn(payload))
  const [meta = {}] = payloads('session_meta')
  const { instructions, base_instructions: base } = meta
  const system = textAs(instructions) || textAs(fieldsIn(base).text)
  const items = payloads('response_item').map(item =>
    item.role === 'user' && isSurroundings(item.content) ? { ...item, role: 'system' } : item,
  )
  return {
    id: textAs(meta.id),
    model: textAs(payloads('turn_context').at(-1)?.model),
    messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...chatOfItems(items)],
  }
}

const isSurroundings = (content: Json | undefined): boolean =>
  itemsIn(content).some(each =>
    /^\s*(<(environment_context|user_instructions|INSTRUCTIONS)>|# AGENTS\.md)/.test(
      textAs(fieldsIn(each).text),
    ),
  )

/** One reply may stand in several lines, which its id tells. What a subagent or the harness says is left out. */
function claudeChat(lines: readonly JsonObject[]): SessionChat {
  const own = lines.filter(
    ({ type, isSidechain, isMeta }) =>
      (type === 'user' || type === 'assistant') && isSidechain !== true && isMeta !== true,
  )
  const messages: JsonObject[] = []
  const replies = new Map<string, JsonObject>()
  for (const { message: said } of own) {
    const message = { ...fieldsIn(said) }
    const id = message.role === 'assistant' ? textAs(message.id) : ''
    const begun = replies.get(id)
    if (begun) begun.content = [...itemsIn(begun.content), ...itemsIn(message.content)]
    else messages.push(message)
    if (id !== '' && !begun) replies.set(id, message)
  }
  return {
    id: textAs(own[0]?.sessionId),
    model: modelIn(messages),
    messages,
  }
}

/** Chat Completions with the fields in other letters. */
function simpleChat(lines: readonly JsonObject[]): SessionChat {
  const head = lines.find(({ type }) => type === 'session')
  const said = lines.filter(({ type }) => type === 'message').map(({ message }) => fieldsIn(message))
  const messages = said.map(({ toolCalls, toolCallId, ...message }) => ({
    ...message,
    ...(toolCalls !== undefined && { tool_calls: toolCalls }),
    ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
  }))
  return { id: textAs(head?.id), model: modelIn(said), messages }
}

const modelIn = (messages: readonly JsonObject[]): string =>
  messages.map(({ model }) => textAs(model)).find(model => model !== '') ?? ''
