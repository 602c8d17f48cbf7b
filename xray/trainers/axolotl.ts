import { isObject, type Json, type JsonObject } from '../../schemas/json.ts'
import type { Model } from '../model.ts'
import { type RenderedRow, refusedRow } from '../span.ts'
import { all, ownTurns, spansOf } from '../spans.ts'
import { picturesIn, type Trainer } from '../trainer.ts'
import { listIn, objectIn, textIn } from '../utterance.ts'

/**
 * axolotl for vision-language models: of a message it keeps role and content, of the column `images` the first. Where
 * it does not know the turns of a template and the training file does not tell them, it trains everything.
 */
export const axolotlTrainer: Trainer = {
  name: 'axolotl',
  targets: ['axolotl'],
  version: '0.19.0',
  render,
  own: { script: new URL('../python/with_axolotl.py', import.meta.url), module: 'axolotl' },
}

/** Templates whose turns it knows, by its names and by ours (`processing_strategies.py`). */
const known = ['qwen2_vl', 'qwen2_5_vl', 'qwen3_vl', 'gemma3']

const knowsTurns = ({ role_boundaries: told, chat_template: template }: JsonObject, family: string) =>
  listIn(told).length > 0 || known.includes(textIn(template) || family)

function render(row: JsonObject, { chat, family }: Model, settings: JsonObject = {}): RenderedRow {
  if (!chat) return refusedRow('the model has no chat template')
  const messages = listIn(row.messages ?? row.conversations).flatMap(message => typed(objectIn(message)))
  if (messages.length === 0) return refusedRow('ValueError: only messages and conversations are supported')
  const shown = picturesIn(row) > 0 ? withFirst(messages) : messages
  const bare = shown
    .flatMap(({ content }) => content)
    .filter(part => part.type === 'image' && !hasPicture(part))
  if (bare.length > 0) return refusedRow(`${bare.length} image parts hold no picture`)
  const pictures = shown.flatMap(({ content }) => content).filter(hasPicture).length
  try {
    const text = chat(shown.map(({ role, content }) => ({ role, content: content.map(plainPart) })))
    const trained = knowsTurns(settings, family.name) ? ownTurns(text, family) : all(text, true)
    return spansOf(text, family, pictures, trained)
  } catch (error) {
    return refusedRow(error instanceof Error ? error.message : String(error))
  }
}

interface Message {
  role: string
  content: JsonObject[]
}

/** A message without content goes, and with it its calls. */
function typed({ role, from, content, value }: JsonObject): Message[] {
  const said = textIn(role ?? from)
  const text = content ?? value
  if (typeof text === 'string') return [{ role: roles[said] ?? said, content: [{ type: 'text', text }] }]
  return Array.isArray(text)
    ? [{ role: said, content: text.filter(isObject).map(part => part as JsonObject) }]
    : []
}

const roles: Record<string, string> = { human: 'user', gpt: 'assistant' }
const sources = ['image', 'url', 'path', 'base64']
const hasPicture = (part: JsonObject): boolean => sources.some(name => isGiven(part[name]))
const isGiven = (value: Json | undefined) => value !== undefined && value !== null

/**
 * The first picture of the column takes the last part that is for one, or comes last in the first message of the user.
 */
function withFirst(messages: readonly Message[]): Message[] {
  const shown: JsonObject = { type: 'image', image: true }
  const at = messages.findLastIndex(({ content }) => content.some(isBare))
  if (at >= 0)
    return messages.map((message, index) =>
      index === at ? { ...message, content: filled(message.content, shown) } : message,
    )
  const asked = Math.max(
    messages.findIndex(({ role }) => role === 'user'),
    0,
  )
  return messages.map((message, index) =>
    index === asked ? { ...message, content: [...message.content, shown] } : message,
  )
}

const isBare = (part: JsonObject) => part.type === 'image' && !hasPicture(part)

function filled(content: readonly JsonObject[], shown: JsonObject): JsonObject[] {
  const first = content.findIndex(isBare)
  return content.map((part, index) => (index === first ? shown : part))
}

/** As a template reads it: nulls go. */
const plainPart = (part: JsonObject): JsonObject =>
  hasPicture(part)
    ? { type: 'image' }
    : Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null))
