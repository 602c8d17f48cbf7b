import { placeholder } from '../prompts/markers.ts'
import { isObject, type Json, type JsonObject } from '../schemas/json.ts'
import { fieldsIn, itemsIn, jsonIn, textAs } from './row.ts'
import { type PicturesOfRow, placedParts } from './row-pictures.ts'
import type { DraftCall, DraftPart, DraftTurn } from './source.ts'
import {
  callsIn,
  draftCall,
  replyIn,
  type Telling,
  taggedResults,
  withoutThink,
  wordsOfParts,
} from './telling.ts'

/**
 * Tells a list of messages by their roles, in the ways of OpenAI's Chat Completions, of Anthropic's Messages and of
 * those who follow them: results are messages of a tool, or blocks of a user's message.
 */
export function tellChat(messages: readonly JsonObject[], told: Telling, pictures: PicturesOfRow): void {
  for (const message of messages.map(spelled)) {
    const role = textAs(message.role)
    if (role === 'system' || role === 'developer')
      told.system(wordsOfParts(contentParts(message.content, pictures)))
    else if (role === 'assistant') tellReply(message, told)
    else if (role === 'tool' || role === 'function') tellResult(message, told, pictures)
    else tellUser(message, told, pictures)
  }
}

/** With blocks as OpenAI has them, where they hold a `value`, as in LLaMA-Factory v1 (`v1/data_utils`). */
const spelled = (message: JsonObject): JsonObject =>
  Array.isArray(message.content)
    ? { ...message, content: message.content.map(each => spelledBlock(fieldsIn(each))) }
    : message

function spelledBlock({ value, ...block }: JsonObject): JsonObject {
  if (value === undefined) return block
  return { [textAs(block.type)]: value, ...block }
}

/** Blocks that are what tools gave, and what a user says beside them. */
function tellUser(message: JsonObject, told: Telling, pictures: PicturesOfRow): void {
  const blocks = itemsIn(message.content).map(fieldsIn)
  const results = blocks.filter(({ type }) => type === 'tool_result')
  for (const result of results) tellResult(result, told, pictures)
  const others = results.length > 0 ? blocks.filter(({ type }) => type !== 'tool_result') : message.content
  const parts = contentParts(others, pictures)
  if (parts.length === 0) return
  const turn = told.last()
  const tagged = turn && turn.calls.length > 0 ? taggedResults(parts) : []
  for (const [index, result] of tagged.entries()) told.result(index, result)
  if (tagged.length > 0) return
  if (turn && isOfResults(parts, turn))
    giveToResults(
      parts.filter(({ type }) => type !== 'text'),
      turn,
    )
  else told.user(parts)
}

/** Letters of words that only lead to pictures. */
const longestLead = 200

/** Where a tool's message may hold no picture, the pictures of results follow as a user's message. */
const isOfResults = (parts: readonly DraftPart[], { results }: DraftTurn): boolean =>
  results.length > 0 && parts.some(({ type }) => type !== 'text') && wordsOfParts(parts).length <= longestLead

/** To those results that name them, as kindling's do (`image_2 (4x4)`), one after the other; the rest to the last. */
function giveToResults(pictures: readonly DraftPart[], { results }: DraftTurn): void {
  const left = [...pictures]
  for (const { parts } of results)
    parts.push(...left.splice(0, wordsOfParts(parts).match(/\bimage_\d+ \(\d+x\d+\)/g)?.length ?? 0))
  results.at(-1)?.parts.push(...left)
}

function tellResult(message: JsonObject, told: Telling, pictures: PicturesOfRow): void {
  const id = textAs(message.tool_call_id) || textAs(message.tool_use_id)
  const turn = told.last()
  const named = turn?.calls.findIndex(call => call.id === id) ?? -1
  const next = turn?.results.length ?? 0
  if (named < 0 && id !== '') told.lacks('call_ids')
  const failed = message.is_error === true || isObject(message.error)
  told.result(
    named >= 0 ? named : Math.min(next, (turn?.calls.length ?? 1) - 1),
    contentParts(message.content, pictures),
    failed,
  )
}

function tellReply(message: JsonObject, told: Telling): void {
  const blocks = itemsIn(message.content).map(fieldsIn)
  const said = blocks.length > 0 ? wordsIn(blocks) : textAs(message.content)
  const reasoning = [
    textAs(message.reasoning_content),
    textAs(message.reasoning),
    ...thoughtsIn(blocks),
  ].filter(each => each !== '')
  const calls = [
    ...callsOf(message.tool_calls),
    ...callsOf(message.function_call ? [message.function_call] : []),
    ...blocks.filter(({ type }) => type === 'tool_use').map(usedTool),
    ...blocks
      .flatMap(({ tool_call }) => callsIn(textAs(tool_call)) ?? [])
      .map(call => ({ call, raw: false })),
  ]
  if (calls.some(({ raw }) => !raw)) told.lacks('raw_arguments')
  const text = /<\/?think>/.test(said) ? withoutThink(said) : said.trim()
  const reply = calls.length > 0 ? { text, calls: calls.map(({ call }) => call) } : replyIn(text)
  told.assistant({ ...reply, reasoning: reasoning.length > 0 ? reasoning.join('\n') : null })
}

const wordsIn = (blocks: readonly JsonObject[]): string =>
  blocks
    .filter(({ type }) => ['text', 'output_text', 'input_text'].includes(textAs(type)))
    .map(({ text }) => textAs(text))
    .join('\n')

const thoughtsIn = (blocks: readonly JsonObject[]): string[] =>
  blocks
    .filter(({ type }) => type === 'thinking' || type === 'reasoning')
    .map(({ thinking, reasoning }) => textAs(thinking) || textAs(reasoning))

/** `raw` is whether its arguments are as they were written. */
type Called = { call: DraftCall; raw: boolean }

/**
 * In the ways of Chat Completions, flat or below `function`, or as JSON text, as verifiers' results are; arguments are
 * text there, and an object elsewhere.
 */
function callsOf(value: Json | undefined): Called[] {
  return itemsIn(value).map(each => {
    const { id, function: made, name, arguments: flat } = fieldsIn(jsonIn(each))
    const called = isObject(made)
      ? fieldsIn(made)
      : { name: textAs(made) || textAs(name), arguments: flat ?? null }
    const given = called.arguments ?? undefined
    return { call: draftCall(textAs(called.name), given, textAs(id)), raw: typeof given === 'string' }
  })
}

const usedTool = ({ id, name, input }: JsonObject): Called => ({
  call: draftCall(textAs(name), input, textAs(id)),
  raw: false,
})

/** What a message shows: its text with placeholders, or its blocks. */
export function contentParts(content: Json | undefined, pictures: PicturesOfRow): DraftPart[] {
  if (typeof content === 'string') return textParts(content, pictures)
  const blocks = itemsIn(content).map(fieldsIn)
  if (blocks.some(block => isBare(block, pictures))) return templateParts(blocks, pictures)
  return blocks.flatMap(block => {
    const picture = pictureIn(block)
    if (picture !== undefined) return [pictures.of(picture)]
    return textAs(block.text) === '' ? [] : textParts(textAs(block.text), pictures)
  })
}

/** A picture that is only named where it is shown, as chat templates take it (TRL), or is there in base64 (axolotl). */
const isBare = (block: JsonObject, { all }: PicturesOfRow): boolean =>
  block.type === 'image' &&
  (typeof block.base64 === 'string' || all > 0) &&
  [block.image, block.image_url, block.source].every(each => (each ?? null) === null)

/** A template writes the pieces of such a message one behind the other. */
function templateParts(blocks: readonly JsonObject[], pictures: PicturesOfRow): DraftPart[] {
  const shown = blocks.filter(({ type }) => type === 'image').values()
  const text = blocks.map(({ type, text }) => (type === 'image' ? placeholder : textAs(text))).join('')
  return placedParts(text, {
    next() {
      const { base64 } = fieldsIn(shown.next().value)
      return typeof base64 === 'string' ? pictures.of(`data:image/png;base64,${base64}`) : pictures.next()
    },
  })
}

/** A row without pictures of its own may speak of `<image>`. */
const textParts = (text: string, pictures: PicturesOfRow): DraftPart[] => {
  if (text.trim() === '') return []
  return pictures.all > 0 ? placedParts(text, pictures) : [{ type: 'text', text }]
}

/** What says which picture a block shows: a data URL, base64, a path or an address; undefined where it shows none. */
function pictureIn({ type, image_url, image, source }: JsonObject): Json | undefined {
  if (image_url !== undefined) return isObject(image_url) ? (fieldsIn(image_url).url ?? null) : image_url
  if (isObject(source)) {
    const { data, media_type, url, path } = fieldsIn(source)
    // What is broken in it is no path.
    if (typeof data === 'string') return `data:${textAs(media_type) || 'image/png'};base64,${data}`
    return data ?? url ?? path ?? 'file:'
  }
  return type === 'image' || type === 'input_image' || image !== undefined ? (image ?? null) : undefined
}
