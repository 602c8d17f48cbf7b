import { isObject, type Json, type JsonObject } from '../../schemas/json.ts'
import type { Model } from '../model.ts'
import { type RenderedRow, refusedRow } from '../span.ts'
import { all, ownTurns, spansOf } from '../spans.ts'
import { picturesIn, type Trainer } from '../trainer.ts'
import { listIn, objectIn } from '../utterance.ts'

/**
 * TRL’s supervised fine-tuning of vision-language models. Of `messages` it trains all, or the model’s turns where the
 * training file says `assistant_only_loss`, and it hands no tools to the template; of `prompt` and `completion` it
 * trains the completion.
 */
export const trlTrainer: Trainer = {
  name: 'trl',
  targets: ['trl'],
  version: '1.16.0',
  render,
  own: { script: new URL('../python/with_trl.py', import.meta.url), module: 'trl' },
}

function render(row: JsonObject, { chat, family }: Model, settings: JsonObject = {}): RenderedRow {
  if (!chat) return refusedRow('the model has no chat template')
  const pictures = picturesIn(row)
  try {
    if (Array.isArray(row.messages)) {
      const text = chat(prepared(row.messages, pictures))
      const own = settings.assistant_only_loss === true
      return spansOf(text, family, pictures, own ? ownTurns(text, family) : all(text, true))
    }
    if (!Array.isArray(row.prompt) || !Array.isArray(row.completion))
      return refusedRow('KeyError: neither messages nor prompt and completion')
    const prompt = prepared(row.prompt, pictures)
    const asked = chat(prompt, { ask: true })
    const text = chat([...prompt, ...prepared(row.completion, 0)])
    const from = commonLength(asked, text)
    return spansOf(text, family, pictures, [
      { from: 0, to: from, trained: false },
      { from, to: text.length, trained: true },
    ])
  } catch (error) {
    return refusedRow(error instanceof Error ? error.message : String(error))
  }
}

/** With typed parts; pictures that no part stands for come before the first text of the user. */
function prepared(messages: readonly Json[], pictures: number): JsonObject[] {
  let put = false
  const typed = messages.map(objectIn).map((message): JsonObject => {
    if (typeof message.content !== 'string') return message
    const own =
      message.role === 'user' && !put ? Array.from({ length: pictures }, () => ({ type: 'image' })) : []
    put ||= message.role === 'user'
    return { ...message, content: [...own, { type: 'text', text: message.content }] }
  })
  const places = typed.filter(({ role }) => role !== 'tool').flatMap(({ content }) => listIn(content))
  const count = places.filter(part => isObject(part) && part.type === 'image').length
  if (count === pictures) return typed.map(withoutNulls)
  throw new Error(
    `ValueError: Number of images provided (${pictures}) does not match number of image placeholders (${count})`,
  )
}

/** A field that a row does not have is null in its column. */
const withoutNulls = (message: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(message)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        Array.isArray(value)
          ? value.map(part => (isObject(part) ? plainPart(part as JsonObject) : part))
          : value,
      ]),
  )

const plainPart = (part: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null))

function commonLength(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
