import type { JsonObject } from '../../schemas/json.ts'
import type { Part } from '../../schemas/task.ts'
import type { Observation, ToolCall, Turn } from '../../schemas/trajectory.ts'
import { anthropic, codeOf, common, type Foreign, given, type Told, toolsOf, words } from './foreign.ts'

// Those that write items or events in place of messages.

const itemBlock =
  ({ url }: Told) =>
  (part: Part): JsonObject =>
    part.type === 'text'
      ? { type: 'input_text', text: part.text }
      : { type: 'input_image', detail: 'auto', image_url: url(part.image) }

const saidItem = (text: string): JsonObject => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})

const callItem = ({ id, name, arguments: raw }: ToolCall): JsonObject => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: raw,
})

/** What models and tools said; `shown` is what a tool's item holds. */
const itemsOf = (turns: readonly Turn[], shown: (seen: Observation) => JsonObject[] | string): JsonObject[] =>
  turns.flatMap(({ reply, observations }) => [
    ...(reply.text === '' ? [] : [saidItem(reply.text)]),
    ...reply.calls.map(callItem),
    ...observations.map(seen => ({
      type: 'function_call_output',
      call_id: seen.callId,
      output: shown(seen),
    })),
  ])

const openAiResponses: Foreign = {
  format: 'openai_responses',
  answer: 'truth',
  row: told => ({
    ...common(told),
    instructions: told.trajectory.system,
    tools: toolsOf(told.trajectory),
    input: [
      { role: 'user', content: told.trajectory.question.map(itemBlock(told)) },
      ...itemsOf(told.trajectory.turns.slice(0, -1), ({ parts }) => parts.map(itemBlock(told))),
    ],
    output: itemsOf(told.trajectory.turns.slice(-1), ({ parts }) => parts.map(itemBlock(told))),
  }),
}

/** Its tools give words and no picture. */
const nemoGym: Foreign = {
  format: 'nemo_gym',
  answer: 'truth',
  row: told => ({
    ...common(told),
    responses_create_params: {
      instructions: told.trajectory.system,
      tools: toolsOf(told.trajectory),
      input: [{ role: 'user', content: told.trajectory.question.map(itemBlock(told)) }],
    },
    response: {
      model: 'theirs',
      output: itemsOf(told.trajectory.turns, ({ parts }) =>
        words(parts.filter(({ type }) => type === 'text')),
      ),
    },
    reward: 1,
  }),
}

/** An observation is words or a picture, and each call has one: what tools drew has no place in it. */
const adp: Foreign = {
  format: 'adp',
  answer: 'truth',
  row: told => ({
    ...common(told),
    schema_version: '1.2',
    content: [
      ...told.trajectory.question.map(part =>
        part.type === 'text'
          ? { class_: 'text_observation', source: 'user', content: part.text }
          : { class_: 'image_observation', source: 'user', content: told.path(part.image) },
      ),
      ...told.trajectory.turns.flatMap(turnOfAdp),
    ],
  }),
}

function turnOfAdp({ reply, observations }: Turn): JsonObject[] {
  if (reply.calls.length === 0) return [{ class_: 'message_action', content: reply.text }]
  const results = observations.map(({ callId, parts }) => ({
    class_: 'text_observation',
    source: 'environment',
    tool_call_id: callId,
    content: words(parts.filter(({ type }) => type === 'text')),
  }))
  return [...reply.calls.map((call, at) => actionOf(call, at === 0 ? reply.text : '')), ...results]
}

function actionOf(call: ToolCall, description: string): JsonObject {
  const code = codeOf(call)
  const about = { tool_call_id: call.id, description }
  return code === undefined
    ? { class_: 'api_action', function: call.name, kwargs: given(call), ...about }
    : { class_: 'code_action', language: 'python', content: code, ...about }
}

/** Claude Code's: a file is a rollout, its messages are Anthropic's, and nobody says what is right. */
const agentSessions: Foreign = {
  format: 'agent_sessions',
  answer: 'truth',
  async row(told) {
    const { messages } = (await anthropic.row(told)) as { messages: JsonObject[] }
    return {
      lines: messages.map((message, at) => ({
        ...{ type: message.role ?? null, uuid: `${told.id}/${at}`, sessionId: told.id },
        ...{ parentUuid: at === 0 ? null : `${told.id}/${at - 1}`, message },
      })),
    }
  },
  files: rows =>
    rows.map(({ lines }) => (lines as JsonObject[]).map(line => `${JSON.stringify(line)}\n`).join('')),
}

export const items: readonly Foreign[] = [openAiResponses, nemoGym, adp, agentSessions]
