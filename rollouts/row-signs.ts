import { isObject } from '../schemas/json.ts'
import { fieldsIn, itemsIn, jsonIn, type PlainRow, textAs } from './row.ts'
import { replyIn } from './telling.ts'

// What rows of a format are known by.

/** The messages of a row, whichever columns they stand in. */
const messagesOf = (row: PlainRow) =>
  [...itemsIn(row.messages), ...itemsIn(row.prompt), ...itemsIn(row.completion)].map(fieldsIn)
export const conversation = (row: PlainRow) => itemsIn(row.conversations).map(fieldsIn)
export const roles = (row: PlainRow) => new Set(messagesOf(row).map(({ role }) => textAs(role)))
const blocksIn = (row: PlainRow) => messagesOf(row).flatMap(({ content }) => itemsIn(content).map(fieldsIn))
const repliesIn = (row: PlainRow) =>
  messagesOf(row).flatMap(({ role, content }) => (role === 'assistant' ? [textAs(content)] : []))
const says = (row: PlainRow, pattern: RegExp) => repliesIn(row).some(reply => pattern.test(reply))
const replies = (row: PlainRow, pattern: RegExp) =>
  conversation(row).some(({ from, value }) => from === 'gpt' && pattern.test(textAs(value)))

export const usesAnthropic = (row: PlainRow) =>
  blocksIn(row).some(({ type }) => type === 'tool_use' || type === 'tool_result')
export const usesItems = (row: PlainRow) =>
  [row.input, row.output, row.messages]
    .flatMap(itemsIn)
    .map(fieldsIn)
    .some(
      ({ type, content }) =>
        /^reasoning$|_call(_output)?$/.test(textAs(type)) ||
        itemsIn(content).some(block => fieldsIn(block).type === 'output_text'),
    )
export const usesSwift = (row: PlainRow) => ['tool_call', 'tool_response'].some(role => roles(row).has(role))
/** DeepEyesV2's environment runs what stands in a tag of its own. */
export const usesCodeTag = (row: PlainRow) => says(row, /<code>/)
export const usesTags = (row: PlainRow) =>
  !roles(row).has('tool') && !usesTemplate(row) && (usesCodeTag(row) || says(row, /<tool_call>/))
/** By Qwen's templates code is a call like any other. */
export const usesTemplate = (row: PlainRow) =>
  !usesCodeTag(row) &&
  repliesIn(row).some(
    reply => reply.includes('<tool_call>') && replyIn(reply).calls.some(({ code }) => code !== undefined),
  )
export const isOpenThink = (row: PlainRow) => replies(row, /^\s*\{\s*"thought"[\s\S]*"actions"/)
export const isOpenSearch = (row: PlainRow) => replies(row, /<response>/)

/** A prompt and what rewards an answer, and nobody has answered. */
export const isTask = (row: PlainRow): boolean =>
  (('reward_model' in row && isObject(jsonIn(row.reward_model))) ||
    ('responses_create_params' in row && !isObject(row.response))) &&
  !messagesOf(row).some(({ role }) => role === 'assistant')
