import { expect, test } from 'vitest'
import { openaiSft } from '../../../output/openai/openai-sft.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import { compare } from '../../../xray/compare.ts'
import { meantBy } from '../../../xray/meant.ts'
import { studentModel } from '../../../xray/model.ts'
import type { Rendering } from '../../../xray/span.ts'
import { openaiTrainer } from '../../../xray/trainers/openai.ts'
import { answerTurn, kinds, observation, pythonTurn, silentTurn } from '../../fixtures.ts'
import { about, album, kept } from '../../output/rows.ts'

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
])
const [picture, crop] = images as [(typeof images)[number], (typeof images)[number]]
const seen = observation({
  parts: [
    { type: 'text', text: 'stdout:\n(8, 6)' },
    { type: 'image', image: crop },
  ],
})

/** As the target writes it: a call with a picture, a turn of which the teacher was reminded, and an answer. */
const turns = [silentTurn(), { ...pythonTurn(), observations: [seen] }, answerTurn('8')]
const made = await openaiSft().row(kept(about([picture], 1, { turns })), { bytes, kinds })
if (!made.keep) throw new Error(made.reason)
const row = made.row as JsonObject & { messages: JsonObject[] }

const models = ['qwen2_5_vl', 'qwen3_vl', 'gemma3', 'smolvlm'].map(name => studentModel(name))

function renderingOf(given: JsonObject, model = models[0]): Rendering {
  const rendered = model && openaiTrainer.render(given, model)
  if (!rendered?.ok) throw new Error(rendered?.problem)
  return rendered.rendering
}

test('nothing is lost of a row as the target writes it, and what has weight 0 is not trained', () => {
  for (const model of models) {
    const rendering = renderingOf(row, model)
    expect(compare(meantBy(row), rendering, model.family).faults).toEqual([])
    const trained = rendering.spans.flatMap(span => (span.kind === 'text' && span.trained ? [span.text] : []))
    expect(trained.join('').match(/<think>/g)).toHaveLength(2)
    expect(trained.join('')).toContain('<answer>8</answer>')
  }
})

const changed = (change: (message: JsonObject) => JsonObject): JsonObject => ({
  ...row,
  messages: row.messages.map(change),
})
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,aWs=' } }

test.each<[what: string, given: JsonObject, why: RegExp]>([
  ['no messages', { ...row, messages: [] }, /no messages/],
  [
    'a picture in a result',
    changed(message => (message.role === 'tool' ? { ...message, content: [image] } : message)),
    /not the user’s/,
  ],
  [
    'too many pictures',
    { ...row, messages: [{ role: 'user', content: Array(65).fill(image) }] },
    /65 pictures, and 64 are taken/,
  ],
  [
    'a result of another call',
    changed(message => (message.role === 'tool' ? { ...message, tool_call_id: 'other' } : message)),
    /no call before it/,
  ],
  [
    'arguments that are no JSON',
    changed(message =>
      message.tool_calls
        ? { ...message, tool_calls: [{ id: 'a', function: { name: 'python', arguments: '{' } }] }
        : message,
    ),
    /arguments of a call are no JSON/,
  ],
])('%s is refused', (_, given, why) => {
  const [model] = models
  const rendered = model && openaiTrainer.render(given, model)
  expect(rendered).toMatchObject({ ok: false, problem: expect.stringMatching(why) })
})

test('a row in which nothing has a weight trains nothing', () => {
  const silent = changed(message => (message.role === 'assistant' ? { ...message, weight: 0 } : message))
  const [model] = models
  if (!model) throw new Error('no model')
  const { faults } = compare(meantBy(silent), renderingOf(silent), model.family)
  expect(faults.map(({ kind }) => kind)).toContain('nothing_trained')
})
