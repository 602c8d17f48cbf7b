import { placeholder } from '../prompts/markers.ts'
import { isObject, type Json, type JsonObject } from '../schemas/json.ts'
import { fieldsIn, type PlainRow } from './row.ts'

/**
 * A trajectory in ATIF in the columns of `hf`, as far as these are read: what only kindling says stands in its `extra`.
 * Pictures are placeholders, in the order of `atifPictures`. A record is said against this: add, and never change.
 */
export function atifColumns(row: PlainRow): PlainRow {
  const { kindling } = fieldsIn(row.extra)
  const { tool_definitions } = fieldsIn(row.agent)
  const messages = fieldsOf(row.steps).flatMap(messagesOf)
  return { ...fieldsIn(kindling), tools: tool_definitions ?? null, trajectory: messages }
}

/** The paths of its pictures, in the order in which they were shown. */
export const atifPictures = (row: PlainRow): string[] =>
  fieldsOf(row.steps)
    .flatMap(({ message, observation }) => [message, ...resultsIn(observation).map(({ content }) => content)])
    .flatMap(fieldsOf)
    .flatMap(({ source }) => (isObject(source) ? [String(source.path)] : []))

const fieldsOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.map(fieldsIn) : [])

const resultsIn = (observation: Json | undefined): JsonObject[] => fieldsOf(fieldsIn(observation).results)

function messagesOf({ source, message, tool_calls, observation, extra }: JsonObject): JsonObject[] {
  if (source !== 'agent') return [{ role: source ?? null, content: textOf(message) }]
  const calls = fieldsOf(tool_calls).map(({ tool_call_id, function_name, arguments: given }) => ({
    id: tool_call_id ?? null,
    function: { name: function_name ?? null, arguments: given ?? null },
  }))
  const results = resultsIn(observation).map(({ source_call_id, content, extra }) => ({
    role: 'tool',
    tool_call_id: source_call_id ?? oursIn(extra).call_id ?? null,
    content: textOf(content),
  }))
  const all = withThose(calls, oursIn(extra).calls)
  return [{ role: 'assistant', content: textOf(message), tool_calls: all }, ...results]
}

const oursIn = (extra: Json | undefined): JsonObject => fieldsIn(fieldsIn(extra).kindling)

/** With the calls that ATIF cannot hold, each where it stood. */
function withThose(calls: readonly JsonObject[], others: Json | undefined): JsonObject[] {
  const all = [...calls]
  for (const { at, id, name, arguments: raw } of fieldsOf(others))
    all.splice(Number(at), 0, { id: id ?? null, function: { name: name ?? null, arguments: raw ?? null } })
  return all
}

/** Text, or parts one under the other. */
const textOf = (content: Json | undefined): string =>
  typeof content === 'string'
    ? content
    : fieldsOf(content)
        .map(({ type, text }) => (type === 'image' ? placeholder : String(text)))
        .join('\n')
