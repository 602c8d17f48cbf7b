import { placeholder } from '../prompts/markers.ts'
import { hashOf } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { isObject, isWrittenNumber, type Json, type JsonObject, parseJson } from '../schemas/json.ts'
import { unknownLicence } from '../schemas/licence.ts'
import { imagesIn, type Part } from '../schemas/task.ts'

/** A row in the columns of `hf`, with numbers and texts as JSON has them; other columns than these may be missing. */
export type PlainRow = { [column: string]: Json }

/** A row without the bytes of its images, and every number a plain one. */
export function plainRow(row: Record<string, unknown>): PlainRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): Json {
  if (typeof value === 'bigint' || isWrittenNumber(value)) return Number(value)
  if (value === undefined || value instanceof Uint8Array || value instanceof Error) return null
  if (Array.isArray(value)) return value.map(plain)
  return isObject(value) ? plainRow(value) : (value as Json)
}

/** Columns that had another name once. Trainers took that one for what they are to train on. */
const renamed = [
  ['trajectory', 'messages'],
  ['task_question', 'question'],
  ['task_answer', 'answer'],
] as const

/** A row with the columns' names of today. */
export const namedToday = <Value>(row: { [column: string]: Value }): { [column: string]: Value } => ({
  ...row,
  ...Object.fromEntries(
    renamed.flatMap(([now, then]) => (!(now in row) && row[then] !== undefined ? [[now, row[then]]] : [])),
  ),
})

/** The same columns by every name that they had. */
export const allNames = (columns: readonly string[]): string[] =>
  columns.flatMap(column => [column, ...renamed.flatMap(([now, then]) => (now === column ? [then] : []))])

/**
 * A trajectory as far as the columns of a row tell it, all but `record`: in the shape of a Trajectory, with blanks
 * where they tell nothing. `images` are those of the row, in the order of their placeholders. What `record` holds is
 * said against this, so nothing here may ever be read otherwise: add, and never change.
 */
export function columnsRead(given: PlainRow, images: readonly Image[]): JsonObject {
  const row = namedToday(given)
  const messages = itemsIn(row.trajectory).map(fieldsIn)
  const next = images[Symbol.iterator]()
  const provenance = fieldsIn(jsonIn(row.provenance))
  const maker = fieldsIn(provenance.teacher)
  const asked = messages.find(({ role }) => role === 'user')
  const question = asked ? partsOf(asked.content, next) : []
  const { models, made_by: _, ...teacher } = maker
  return {
    schemaVersion: 1,
    key: typeof row.key === 'string' ? row.key : hashOf(given),
    task: taskOf(row, provenance, question),
    teacher: { name: textAs(row.teacher), options: {}, ...teacher },
    sample: typeof row.sample === 'number' ? row.sample : 0,
    prompts: fieldsIn(provenance.prompts),
    system: textAs(messages.find(({ role }) => role === 'system')?.content),
    question,
    tools: itemsIn(jsonIn(row.tools)).map(tool => fieldsIn(tool).function ?? {}),
    environment: { kind: '', python: '', hash: '', libraries: {}, ...fieldsIn(provenance.environment) },
    turns: turnsOf(messages, textAs(itemsIn(models)[0]), next),
    outcome: outcomeOf(row),
  }
}

export const fieldsIn = (value: Json | undefined): JsonObject =>
  isObject(value) ? (value as JsonObject) : {}
export const itemsIn = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
export const textAs = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** What a column of JSON text holds; files in JSON may hold it as it is. */
export const jsonIn = (value: Json | undefined): Json | undefined =>
  typeof value === 'string' ? parseJson(value) : value

function taskOf(row: PlainRow, provenance: JsonObject, question: Part[]): JsonObject {
  const { url, ...source } = fieldsIn(provenance.source)
  const choices = itemsIn(row.choices)
  return {
    id: textAs(row.id),
    question: textAs(row.task_question),
    images: imagesIn(question),
    choices: choices.length > 0 ? choices : null,
    answer: textAs(row.task_answer),
    answerType: textAs(row.answer_type) || (choices.length > 0 ? 'choice' : 'text'),
    tolerance: null,
    category: textAs(row.category),
    source: { name: '', licence: textAs(row.licence) || unknownLicence, ...source, ...(url && { url }) },
    meta: metaOf(row.meta),
    ...(row.source_file && { origin: { file: row.source_file, row: row.source_row ?? 1 } }),
  }
}

/** A field that the row does not have is null in its column. */
const metaOf = (meta: Json | undefined): JsonObject =>
  Object.fromEntries(Object.entries(fieldsIn(jsonIn(meta))).filter(([, value]) => value !== null))

function outcomeOf({ outcome, teacher_answer: answer }: PlainRow): JsonObject {
  if (outcome === 'stopped') return { kind: outcome, by: 'no_answer' }
  if (outcome === 'failed') return { kind: outcome, at: 'teacher', message: '' }
  return { kind: 'answered', answer: textAs(answer) }
}

/** Each message of the assistant begins a turn; what tools said to it follows. */
function turnsOf(messages: readonly JsonObject[], model: string, next: Iterator<Image>): Json[] {
  const turns: { reply: Json; observations: Json[] }[] = []
  for (const { role, content, tool_calls, tool_call_id } of messages) {
    if (role === 'assistant') turns.push({ reply: replyOf(content, tool_calls, model), observations: [] })
    if (role !== 'tool') continue
    const seen = { callId: textAs(tool_call_id), mistake: null, parts: partsOf(content, next), data: null }
    turns.at(-1)?.observations.push(seen)
  }
  return turns
}

function replyOf(content: Json | undefined, tool_calls: Json | undefined, model: string): JsonObject {
  const calls = itemsIn(jsonIn(tool_calls)).map(callOf)
  return {
    text: textAs(content),
    reasoning: null,
    calls,
    stop: calls.length > 0 ? 'calls' : 'end',
    usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
    model,
    raw: null,
  }
}

function callOf(call: Json): JsonObject {
  const { id, function: made } = fieldsIn(call)
  const { name, arguments: given } = fieldsIn(made)
  const raw = typeof given === 'string' ? given : JSON.stringify(given ?? {})
  return { id: textAs(id), name: textAs(name), arguments: raw }
}

/** Placeholders stand on lines of their own. Nothing tells where one text ended and the next one began. */
function partsOf(content: Json | undefined, next: Iterator<Image>): Part[] {
  const texts = textAs(content).split(placeholder)
  return texts.flatMap((text, index): Part[] => {
    const from = index > 0 && text.startsWith('\n') ? 1 : 0
    const to = index < texts.length - 1 && text.endsWith('\n') ? -1 : undefined
    const shown = text.slice(from, to)
    const image = index < texts.length - 1 ? next.next().value : undefined
    return [
      ...(shown === '' ? [] : [{ type: 'text' as const, text: shown }]),
      ...(image ? [{ type: 'image' as const, image }] : []),
    ]
  })
}
