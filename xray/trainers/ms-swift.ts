import { placeholder } from '../../prompts/markers.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../schemas/json.ts'
import type { Model } from '../model.ts'
import { type RenderedRow, refusedRow, rendered, type Span } from '../span.ts'
import { picturesIn, type Trainer } from '../trainer.ts'
import { countingUp, listIn, objectIn, textIn, utteredParts } from '../utterance.ts'
import { askingTurn, partSpans, systemTurn, toolsText, turnEnd, untrained, writtenCall } from './chatml.ts'

/** ms-swift with its templates for Qwen’s models and the agent template `hermes`. */
export const msSwiftTrainer: Trainer = {
  name: 'ms_swift',
  targets: ['ms_swift', 'deepeyes_sft'],
  families: ['qwen2_5_vl', 'qwen3_vl'],
  version: '4.6.0',
  render,
  own: { script: new URL('../python/with_ms_swift.py', import.meta.url), module: 'swift' },
}

interface Message {
  role: string
  text: string
  trained: boolean
}

function render(row: JsonObject, { family }: Model): RenderedRow {
  const given = listIn(row.messages ?? row.conversations).map(objectIn)
  if (given.length === 0) return refusedRow('no messages')
  const messages = given.map(messageOf)
  const wrong = messages.find(message => typeof message === 'string')
  if (typeof wrong === 'string') return refusedRow(wrong)
  return turnsOf(
    messages.filter(message => typeof message !== 'string'),
    row,
    family.name === 'qwen3_vl' ? '' : 'You are a helpful assistant.',
  )
}

/** What is no string where a string should be ends the row. */
function messageOf({ from, role, value, content, loss, tool_calls: calls }: JsonObject): Message | string {
  const said = textIn(from ?? role)
  const known = roles[said] ?? said
  const text = value ?? content
  if (typeof calls === 'string') return "AttributeError: 'str' object has no attribute 'get'"
  if (typeof text !== 'string') return `the content of a message of ${said} is no text`
  const call = known === 'tool_call' ? callIn(text) : undefined
  if (known === 'tool_call' && call === undefined) return 'TypeError: the call cannot be parsed'
  return { role: known === 'tool_call' ? 'assistant' : known, text: call ?? text, trained: loss !== false }
}

const roles: Record<string, string> = {
  human: 'user',
  gpt: 'assistant',
  function_call: 'tool_call',
  observation: 'tool',
  tool_response: 'tool',
}

function callIn(text: string): string | undefined {
  const call = parseJson(text)
  if (!isObject(call) || typeof call.name !== 'string') return undefined
  return writtenCall(call.name, argumentsOf((call.arguments ?? {}) as Json))
}

const argumentsOf = (given: Json): Json => (typeof given === 'string' ? (parseJson(given) ?? given) : given)

/** Messages of the same speaker are one turn; results stand in a turn of the user. */
function turnsOf(messages: readonly Message[], row: JsonObject, standard: string): RenderedRow {
  const first = messages[0]?.role === 'system' ? messages[0] : undefined
  const system = (first?.text ?? (textIn(row.system) || standard)) + toolsText(row.tools)
  const next = countingUp()
  const rest = tagged(first ? messages.slice(1) : messages, picturesIn(row))
  const turns = rest.flatMap((message, index) => turnSpans(message, rest[index - 1], rest[index + 1], next))
  const spans = [...(system === '' ? [] : systemTurn(system)), ...turns]
  return rendered(spans.map(span => literal(span, picturesIn(row))))
}

/** Of too many placeholders the last ones stay texts. */
const literal = (span: Span, pictures: number): Span =>
  span.kind === 'picture' && span.picture >= pictures
    ? { kind: 'text', text: placeholder, trained: span.trained }
    : span

/** Pictures without a place are put before the first message. */
function tagged(messages: readonly Message[], pictures: number): Message[] {
  const places = messages.reduce((sum, { text }) => sum + text.split(placeholder).length - 1, 0)
  return messages.map((message, index) =>
    index === 0
      ? { ...message, text: placeholder.repeat(Math.max(pictures - places, 0)) + message.text }
      : message,
  )
}

function turnSpans(
  { role, text, trained }: Message,
  before: Message | undefined,
  after: Message | undefined,
  next: () => number,
): Span[] {
  const spans = partSpans(utteredParts(text, next), role === 'assistant' && trained)
  if (role === 'assistant') {
    if (after?.role === 'assistant') return spans
    return [...spans, { kind: 'text', text: turnEnd, trained }, ...untrained('\n')]
  }
  if (role !== 'tool') return askingTurn(spans)
  const response = [...untrained('<tool_response>\n'), ...spans, ...untrained('\n</tool_response>')]
  const joined = before?.role === 'tool' ? [...untrained('\n'), ...response] : response
  const opened = before?.role === 'tool' ? joined : askingTurn(joined).slice(0, 1).concat(joined)
  return after?.role === 'tool' ? opened : [...opened, ...askingTurn([]).slice(1)]
}
