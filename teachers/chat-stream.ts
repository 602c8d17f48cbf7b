import { isObject, type Json, type JsonObject, parseJson } from '../schemas/json.ts'
import { done, type Streamed } from './reading/answer-body.ts'
import { endOf } from './reading/ends.ts'
import { NoReply, refuseError, unfinished } from './reading/no-reply.ts'
import { fieldsOf, objectsIn, textOr, type WireFields } from './reading/shapes.ts'

export const isLastOfChat = (event: unknown) => event === done

/**
 * The completion that a stream adds up to. The package's own helper keeps of a field that it does not know
 * (`reasoning_content`) only the last piece; here texts are joined. Throws NoReply where it was cut or holds an error.
 */
export function completionOf({ events, broke }: Streamed): WireFields {
  const message: JsonObject = { role: 'assistant', content: null }
  const calls: Piecewise[] = []
  const completion: WireFields = { object: 'chat.completion' }
  let [finish, whole]: unknown[] = [null]
  for (const { choices, usage, ...rest } of events.filter(isObject)) {
    const [choice] = objectsIn(choices)
    refuseError(rest)
    if (choice && endOf(choice.finish_reason) === 'fault') throw unfinished(choice)
    Object.assign(completion, { id: rest.id, created: rest.created, model: rest.model || completion.model })
    if (isObject(usage)) completion.usage = usage
    if (!choice) continue
    const { tool_calls, ...delta } = fieldsOf(choice.delta)
    join(message, delta as JsonObject)
    for (const { index, ...piece } of objectsIn(tool_calls))
      join(callAt(calls, index, piece), piece as JsonObject)
    finish = choice.finish_reason || finish
    // Some gateways send the whole message beside its pieces, or in their place.
    whole = choice.message ?? whole
  }
  if (finish === null) throw broke ?? new NoReply('the stream ended before the reply did')
  if (calls.length > 0) message.tool_calls = calls.map(({ call }) => call)
  return { ...completion, choices: [{ index: 0, finish_reason: finish, message: whole ?? message }] }
}

interface Piecewise {
  index: unknown
  call: JsonObject
}

/** Some servers begin to count at 1, number every call 0, or number none: then a new id begins a new call. */
function callAt(calls: Piecewise[], index: unknown, piece: WireFields): JsonObject {
  const known = calls.findLast(one => index === undefined || index === null || one.index === index)?.call
  if (known && goesOn(known, piece)) return known
  const call = {}
  calls.push({ index, call })
  return call
}

/** Calls without ids, all with one number, come whole: where one is complete, what begins anew is another. */
function goesOn(known: JsonObject, piece: WireFields): boolean {
  if (piece.id && known.id) return piece.id === known.id
  const [before, next] = [fieldsOf(known.function), fieldsOf(piece.function)]
  const isComplete = isObject(parseJson(textOr(before.arguments)))
  return !(isComplete && (textOr(next.arguments).trimStart().startsWith('{') || isObject(next.arguments)))
}

/** Names come once or again and again; every other text comes in pieces. */
const names = ['role', 'id', 'type', 'name']

function join(whole: JsonObject, piece: JsonObject): void {
  for (const [key, value] of Object.entries(piece))
    if (key !== '__proto__') whole[key] = joined(key, whole[key], value)
}

function joined(key: string, before: Json | undefined, value: Json): Json {
  if (before === undefined || before === null) return value
  if (value === null || value === '') return before
  if (typeof value === 'string' && typeof before === 'string' && !names.includes(key)) return before + value
  if (Array.isArray(value) && Array.isArray(before)) return [...before, ...value]
  if (isObject(value) && isObject(before)) join(before, value)
  return isObject(value) && isObject(before) ? before : value
}
