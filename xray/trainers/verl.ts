import type { JsonObject } from '../../schemas/json.ts'
import type { Model } from '../model.ts'
import { type RenderedRow, refusedRow } from '../span.ts'
import { ownTurns, spansOf } from '../spans.ts'
import { picturesIn, type Trainer } from '../trainer.ts'
import { countingUp, listIn, objectIn, utteredParts } from '../utterance.ts'

/** verl’s supervised fine-tuning: placeholders in texts become pictures, and the model’s turns are trained. */
export const verlTrainer: Trainer = {
  name: 'verl_sft',
  targets: ['verl_sft', 'deepeyes_sft'],
  version: '0.9.1',
  render,
}

function render(row: JsonObject, { chat, family }: Model): RenderedRow {
  if (!chat) return refusedRow('the model has no chat template')
  if (typeof row.tools === 'string')
    return refusedRow('ValueError: Tools should either be a JSON schema, or a callable function')
  const next = countingUp()
  const messages = listIn(row.messages).map(message => typed(objectIn(message), next))
  if (messages.length === 0) return refusedRow("KeyError: 'messages'")
  const places = next()
  const pictures = picturesIn(row)
  if (places !== pictures)
    return refusedRow(`AssertionError: image_offset ${places} != len(images) ${pictures}`)
  try {
    const text = chat(messages, { tools: row.tools ?? null })
    return spansOf(text, family, pictures, ownTurns(text, family))
  } catch (error) {
    return refusedRow(error instanceof Error ? error.message : String(error))
  }
}

function typed(message: JsonObject, next: () => number): JsonObject {
  const { content } = message
  if (typeof content !== 'string') return message
  const parts = utteredParts(content, next).map(part =>
    'text' in part ? { type: 'text', text: part.text } : { type: 'image' },
  )
  return Object.fromEntries(
    Object.entries({ ...message, content: parts }).filter(([, value]) => value !== null),
  )
}
