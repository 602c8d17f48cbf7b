import { expect, test } from 'vitest'
import type { JsonObject } from '../../../schemas/json.ts'
import { compare } from '../../../xray/compare.ts'
import { meantBy } from '../../../xray/meant.ts'
import { studentModel } from '../../../xray/model.ts'
import type { Trainer } from '../../../xray/trainer.ts'
import { axolotlTrainer } from '../../../xray/trainers/axolotl.ts'
import { llamaFactoryTrainer } from '../../../xray/trainers/llama-factory.ts'
import { msSwiftTrainer } from '../../../xray/trainers/ms-swift.ts'
import { trlTrainer } from '../../../xray/trainers/trl.ts'
import { verlTrainer } from '../../../xray/trainers/verl.ts'
import { inAxolotl, inHf, inLlamaFactory, inMsSwift, inTrl, inVerlSft, withToolCalls } from '../rows.ts'

const qwen3 = studentModel('qwen3_vl')
const qwen2 = studentModel('qwen2_5_vl')
const listOf = (value: unknown) => value as JsonObject[]
const [firstTurn = {}] = inTrl
/** As rows lay in `hf` before its column was renamed. */
const inOlderHf = { ...inHf, messages: inHf.trajectory ?? [] }

const refused: [what: string, Trainer, JsonObject, why: RegExp][] = [
  [
    'a turn of nobody',
    llamaFactoryTrainer,
    { ...inLlamaFactory, conversations: listOf(inLlamaFactory.conversations).slice(1) },
    /Invalid role tag function_call/,
  ],
  [
    'no answer',
    llamaFactoryTrainer,
    { ...inLlamaFactory, conversations: listOf(inLlamaFactory.conversations).slice(0, -1) },
    /Invalid message count/,
  ],
  [
    'a picture too many',
    llamaFactoryTrainer,
    { ...inLlamaFactory, images: [{}, {}, {}, {}] },
    /number of images \(4\) .* \(3\)/,
  ],
  [
    'a thought that is not written as its template knows it',
    llamaFactoryTrainer,
    {
      ...inLlamaFactory,
      conversations: listOf(inLlamaFactory.conversations).map(turn => ({
        ...turn,
        value: String(turn.value).replaceAll('</think>\n\n', '</think>'),
      })),
    },
    /Invalid JSON format in function message/,
  ],
  ['calls of LLaMA-Factory in ms-swift', msSwiftTrainer, inLlamaFactory, /the call cannot be parsed/],
  ['calls as a text in ms-swift', msSwiftTrainer, inOlderHf, /'str' object has no attribute 'get'/],
  ['the canonical view in TRL', trlTrainer, inHf, /neither messages nor prompt and completion/],
  [
    'a picture of a tool in TRL',
    trlTrainer,
    { ...firstTurn, images: [{}, {}] },
    /images provided \(2\) .* placeholders \(1\)/,
  ],
  ['the canonical view in axolotl', axolotlTrainer, inHf, /only messages and conversations/],
  [
    'more pictures in a column of axolotl',
    axolotlTrainer,
    {
      ...inAxolotl,
      images: [{}],
      messages: listOf(inAxolotl.messages).map(message => ({
        ...message,
        content: listOf(message.content).map(part => ({ ...part, base64: null })),
      })),
    },
    /2 image parts hold no picture/,
  ],
  ['tools as a text in verl', verlTrainer, { ...inVerlSft, tools: '[]' }, /Tools should either be/],
  [
    'a picture without a place in verl',
    verlTrainer,
    { ...inVerlSft, images: [{}, {}, {}, {}] },
    /image_offset 3 != len\(images\) 4/,
  ],
]

test.each(refused)('%s is refused', (_, trainer, row, why) => {
  const made = trainer.render(row, qwen3)
  expect(made).toMatchObject({ ok: false })
  if (!made.ok) expect(made.problem).toMatch(why)
})

const kindsOf = (trainer: Trainer, row: JsonObject, view?: JsonObject, model = qwen2) => {
  const made = trainer.render(row, model)
  if (!made.ok) throw new Error(made.problem)
  return [
    ...new Set(compare(meantBy(row, view), made.rendering, model.family).faults.map(({ kind }) => kind)),
  ]
}

/** A turn without a call that was reminded of calling. */
const withReminder = (row: JsonObject, column: string, said: JsonObject, told: JsonObject): JsonObject => {
  const messages = listOf(row[column])
  const at = messages.findIndex(({ role, from }) => role === 'user' || from === 'human') + 1
  return { ...row, [column]: [...messages.slice(0, at), said, told, ...messages.slice(at)] }
}

const spoken = 'I had better look at the picture.'
const reminder = 'Call a tool, or answer the question.'
const reminded = withReminder(
  inMsSwift,
  'messages',
  { role: 'assistant', content: spoken, loss: false },
  { role: 'user', content: reminder, loss: null },
)
const remindedInHf = withReminder(
  inHf,
  'trajectory',
  { role: 'assistant', content: spoken, train: false },
  { role: 'user', content: reminder, train: false },
)

test('a turn that is left out of the loss and its reminder are to be read, and not to be trained', () => {
  expect(kindsOf(msSwiftTrainer, reminded, remindedInHf)).toEqual([])
  const trained = {
    ...reminded,
    messages: listOf(reminded.messages).map(message => ({ ...message, loss: null })),
  }
  expect(kindsOf(msSwiftTrainer, trained, undefined)).toEqual([])
  const made = msSwiftTrainer.render(trained, qwen2)
  const seen = made.ok ? compare(meantBy(reminded), made.rendering, qwen2.family).faults : []
  expect(seen.map(({ kind }) => kind)).toEqual(['untaught_trained'])
})

test('a row that leaves reminded turns out has lost nothing', () => {
  expect(kindsOf(msSwiftTrainer, inMsSwift, remindedInHf)).toEqual([])
})

test('a reminder that is gone, or trained, is seen', () => {
  const made = msSwiftTrainer.render(reminded, qwen2)
  if (!made.ok) throw new Error(made.problem)
  const kinds = (change: (text: string) => string, trained: boolean) => {
    const spans = made.rendering.spans.map(span =>
      span.kind === 'text' && span.text.includes(reminder)
        ? { ...span, text: change(span.text), trained }
        : span,
    )
    return compare(meantBy(reminded), { spans, cut: false }, qwen2.family).faults.map(({ kind }) => kind)
  }
  expect(kinds(() => '', false)).toEqual(['reminder_lost'])
  expect(kinds(text => text, true)).toEqual(['reminder_trained'])
})

test('what a trainer makes of a form that is for another is seen', () => {
  expect(kindsOf(trlTrainer, inOlderHf, inHf)).toEqual(
    expect.arrayContaining([
      'tools_lost',
      'call_lost',
      'picture_moved',
      'placeholder_left',
      'observation_trained',
    ]),
  )
  expect(kindsOf(axolotlTrainer, inOlderHf, inHf)).toEqual(
    expect.arrayContaining(['tools_lost', 'call_lost', 'picture_lost', 'placeholder_left']),
  )
})

test('TRL trains the model’s turns of messages where the training file says so, and all of them elsewhere', () => {
  const messages = [...listOf(inTrl[2]?.prompt), ...listOf(inTrl[2]?.completion)]
  const row = { id: 'a', key: 'k1', images: inHf.images ?? [], messages }
  const kinds = (settings: JsonObject) => {
    const made = trlTrainer.render(row, qwen3, settings)
    if (!made.ok) throw new Error(made.problem)
    return compare(meantBy(row, inHf), made.rendering, qwen3.family).faults.map(({ kind }) => kind)
  }
  expect(kinds({ assistant_only_loss: true })).toEqual([])
  expect(kinds({})).toContain('observation_trained')
})

test('a final turn without a thought trains an empty one with a template that reasons', () => {
  const conversations = listOf(inLlamaFactory.conversations).map(turn =>
    turn.from === 'gpt' ? { ...turn, value: 'It follows.\n<answer>4</answer>' } : turn,
  )
  expect(kindsOf(llamaFactoryTrainer, { ...inLlamaFactory, conversations })).toEqual([])
  expect(kindsOf(llamaFactoryTrainer, { ...inLlamaFactory, conversations }, undefined, qwen3)).toEqual([
    'empty_thought_trained',
  ])
})

test('calls in parallel are one call each', () => {
  const conversations = listOf(inLlamaFactory.conversations).map(turn =>
    turn.from === 'function_call'
      ? {
          ...turn,
          value: String(turn.value).replace(/\{"name[\s\S]*$/, call => `[${call},${call}]`),
        }
      : turn,
  )
  expect(kindsOf(llamaFactoryTrainer, { ...inLlamaFactory, conversations })).toEqual([])
  expect(kindsOf(verlTrainer, withToolCalls, undefined, qwen3)).toEqual([])
})
