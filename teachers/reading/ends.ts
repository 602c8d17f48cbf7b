import type { Reply, Stop } from '../../schemas/trajectory.ts'
import { plain } from './shapes.ts'

/**
 * Why a reply ended, in the words of OpenAI, Anthropic, Google, Mistral, Cohere, Bedrock, Zhipu, OpenRouter and the
 * servers of open models. Only an end that is in this list is one that a model chose. `fault` is a reply that its
 * server could not finish.
 */
const words: Record<Stop | 'fault', readonly string[]> = {
  end: ['stop', 'end', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'complete', 'completed', 'done'],
  calls: ['tool_calls', 'tool_call', 'tool_use', 'function_call', 'function_calls'],
  length: [
    ...['length', 'max_tokens', 'max_output_tokens', 'max_length', 'max_new_tokens', 'token_limit'],
    ...['model_length', 'context_length_exceeded', 'model_context_window_exceeded', 'error_limit'],
  ],
  content_filter: [
    ...['content_filter', 'content_filtered', 'content_filter_error', 'guardrail_intervened', 'error_toxic'],
    ...['safety', 'recitation', 'blocklist', 'prohibited_content', 'spii', 'language', 'sensitive'],
    ...['image_safety', 'image_prohibited_content', 'image_recitation', 'flagged', 'moderation', 'blocked'],
  ],
  refusal: ['refusal', 'refused'],
  malformed_call: [
    ...['malformed_function_call', 'malformed_tool_call', 'malformed_tool_use', 'malformed_model_output'],
    ...['unexpected_tool_call', 'invalid_tool_call', 'too_many_tool_calls', 'missing_thought_signature'],
  ],
  broken: [],
  fault: [
    ...['error', 'abort', 'aborted', 'failed', 'cancelled', 'canceled', 'timeout', 'overloaded'],
    ...['insufficient_system_resource', 'network_error', 'server_error', 'internal_error', 'user_cancel'],
  ],
}

const known = new Map(
  Object.entries(words).flatMap(([end, list]) => list.map(word => [word, end as Stop | 'fault'])),
)

/** Undefined for a word that no server is known to use. */
export function endOf(word: unknown): Stop | 'fault' | undefined {
  if (typeof word !== 'string') return undefined
  const plain = word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  return known.get(plain.replace(/^finish_?reason[._]/, ''))
}

/** How a reply ended, and why it is none, where it is broken. */
export interface Ended {
  stop: Stop
  why?: string
}

/** The end of a reply that has as many calls, by its server's word for it. */
export function stopOf(word: unknown, calls: number): Ended {
  const end = endOf(word)
  const said = JSON.stringify(word) ?? 'nothing'
  if (end === undefined || end === 'fault') return broken(`it ended by ${said}`)
  if (end === 'calls' && calls === 0) return broken(`it ended by ${said} and holds no call`)
  // Some servers say `stop` beside calls.
  return { stop: end === 'end' && calls > 0 ? 'calls' : end }
}

export const broken = (why: string): Ended => ({ stop: 'broken', why })

/** The reply that was read. What is wrong with a broken one stands beside what came: that never goes back. */
export const replyOf = ({ why, raw, ...read }: Omit<Reply, 'stop'> & Ended): Reply => ({
  ...read,
  raw: why === undefined ? raw : { broken: why, body: raw },
})

/** A reply that came whole and that a fault of our own keeps from being read: bought again, it would be no better. */
export const unreadable = (error: unknown, body: unknown): Reply =>
  replyOf({
    text: '',
    reasoning: null,
    calls: [],
    ...broken(`it cannot be read: ${error}`),
    usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
    model: '',
    raw: plain(body),
  })
