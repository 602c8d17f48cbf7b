import { placeholder } from '../prompts/markers.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../schemas/json.ts'

/** A text, or a picture by its place among the row's, from 0. */
export type SaidPart = { text: string } | { picture: number }

/** A message of a row, whichever trainer's form the row has. */
export interface Utterance {
  by: 'system' | 'user' | 'assistant' | 'tool'
  parts: readonly SaidPart[]
  calls: readonly SaidCall[]
  /** Whether the row itself says that the loss is to cover it. */
  trained: boolean
}

/** A call of a tool: its arguments as they are written in JSON. */
export interface SaidCall {
  name: string
  arguments: string
}

/** The messages of a row; none where it has no columns in which trainers look for them. */
export function utterancesIn(row: JsonObject): Utterance[] {
  const next = countingUp()
  const rest = (rest: Json | undefined, trained: boolean) =>
    listIn(rest).map(message => saidOf(objectIn(message), trained, next))
  const system = typeof row.system === 'string' ? [said('system', [{ text: row.system }])] : []
  if (Array.isArray(row.prompt) && Array.isArray(row.completion))
    return [...rest(row.prompt, false), ...rest(row.completion, true)]
  return [...system, ...rest(row.conversations ?? row.messages ?? row.trajectory, true)]
}

/** Gives the numbers from 0, one after the other. */
export function countingUp(): () => number {
  let number = 0
  return () => number++
}

const said = (by: Utterance['by'], parts: SaidPart[]): Utterance => ({ by, parts, calls: [], trained: false })

function saidOf(message: JsonObject, trained: boolean, next: () => number): Utterance {
  const role = textIn(message.from ?? message.role)
  const by = speakers[role] ?? 'user'
  const content = message.value ?? message.content
  const called = role === 'function_call' || role === 'tool_call' ? splitCall(textIn(content)) : undefined
  return {
    by,
    parts: called ? [{ text: called.thought }] : utteredParts(content, next),
    calls: called?.calls ?? listIn(jsonOf(message.tool_calls)).flatMap(callOf),
    trained: trained && by === 'assistant' && isTrained(message),
  }
}

const speakers: Record<string, Utterance['by']> = {
  system: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  function_call: 'assistant',
  tool_call: 'assistant',
  observation: 'tool',
  tool: 'tool',
  tool_response: 'tool',
}

/** Marks of ms-swift, of OpenAI’s fine-tuning and of `hf`, in this order. */
const isTrained = ({ loss, weight, train }: JsonObject) => loss !== false && weight !== 0 && train !== false

/** Texts with placeholders, or typed parts. */
export function utteredParts(content: Json | undefined, next: () => number): SaidPart[] {
  if (typeof content === 'string')
    return content
      .split(new RegExp(`(${placeholder})`))
      .filter(text => text !== '')
      .map(text => (text === placeholder ? { picture: next() } : { text }))
  return listIn(content).map(part => {
    const { type, text } = objectIn(part)
    return type === 'text' || type === undefined ? { text: textIn(text) } : { picture: next() }
  })
}

/** A thought, and behind it a call or a list of calls as JSON. */
function splitCall(text: string): { thought: string; calls: SaidCall[] } {
  const thought = /^\s*<think>[\s\S]*?<\/think>\s*/.exec(text)?.[0] ?? ''
  const made = parseJson(text.slice(thought.length))
  const calls = (Array.isArray(made) ? made : [made ?? null]).flatMap(callOf)
  return calls.length > 0 ? { thought, calls } : { thought: text, calls: [] }
}

/** A call as JSON has it: bare, or as OpenAI wraps it. None where it is no call. */
export function callOf(call: Json): SaidCall[] {
  const made = objectIn(call)
  const { name, arguments: given } = isObject(made.function) ? objectIn(made.function) : made
  if (typeof name !== 'string') return []
  return [{ name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) }]
}

export const listIn = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
export const objectIn = (value: Json | undefined): JsonObject =>
  isObject(value) ? (value as JsonObject) : {}
export const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
/** What a text in JSON says; a value as it is. */
export const jsonOf = (value: Json | undefined): Json | undefined =>
  typeof value === 'string' ? parseJson(value) : value
