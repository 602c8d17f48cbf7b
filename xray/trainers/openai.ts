import { isObject, type Json, type JsonObject, parseJson } from '../../schemas/json.ts'
import type { StudentFamily } from '../family.ts'
import type { Model } from '../model.ts'
import { type RenderedRow, refusedRow, rendered, type Span } from '../span.ts'
import type { Trainer } from '../trainer.ts'
import { callOf, countingUp, listIn, objectIn, textIn, utteredParts } from '../utterance.ts'
import { partSpans, pythonJson, untrained, writtenCall } from './chatml.ts'

/**
 * OpenAI’s fine-tuning, by what it says that it takes (platform.openai.com/docs/guides/vision-fine-tuning): pictures in
 * messages of the user alone, each result with its call before it, and the loss on the model’s messages but for those
 * of `weight` 0. How it writes turns it tells nobody, so they stand here as the family’s do.
 */
export const openaiTrainer: Trainer = {
  name: 'openai',
  targets: ['openai'],
  version: 'as documented',
  render,
}

/** Of a row. */
const mostPictures = 64

function render({ messages, tools }: JsonObject, { family }: Model): RenderedRow {
  const said = listIn(messages).map(objectIn)
  const problem = refusal(said)
  if (problem) return refusedRow(problem)
  const next = countingUp()
  const offered = listIn(tools).map(tool => `${pythonJson(tool)}\n`)
  const asked = said.findIndex(({ role }) => role !== 'system')
  const spans = said.flatMap((message, index) => [
    ...(index === asked ? untrained(offered.join('')) : []),
    ...turn(message, family, next),
  ])
  return rendered(spans)
}

function refusal(messages: readonly JsonObject[]): string | undefined {
  if (messages.length === 0) return 'no messages'
  const pictures = messages.flatMap(({ role, content }) =>
    listIn(content)
      .filter(isPicture)
      .map(() => role),
  )
  if (pictures.some(role => role !== 'user')) return 'a picture stands in a message that is not the user’s'
  if (pictures.length > mostPictures) return `${pictures.length} pictures, and ${mostPictures} are taken`
  const called = new Set<Json | undefined>()
  for (const { role, tool_calls, tool_call_id } of messages) {
    for (const call of listIn(tool_calls).map(objectIn)) {
      if (parseJson(textIn(objectIn(call.function).arguments)) === undefined)
        return 'the arguments of a call are no JSON'
      called.add(call.id)
    }
    if (role === 'tool' && !called.has(tool_call_id)) return 'a result has no call before it'
  }
  return undefined
}

const isPicture = (part: Json) => isObject(part) && part.type === 'image_url'

function turn(
  { role, content, tool_calls, weight }: JsonObject,
  family: StudentFamily,
  next: () => number,
): Span[] {
  const trained = role === 'assistant' && weight !== 0
  const calls = listIn(tool_calls)
    .flatMap(callOf)
    .map(({ name, arguments: given }) => writtenCall(name, parseJson(given) ?? given))
  const head = role === 'assistant' ? family.answers : `${family.head}${textIn(role)}\n`
  return [
    ...untrained(head),
    ...partSpans(utteredParts(content, next), trained),
    { kind: 'text', text: `${calls.join('\n')}${family.end}`, trained },
    ...untrained('\n'),
  ]
}
