import { readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../schemas/json.ts'
import { compare } from '../../xray/compare.ts'
import { meantBy } from '../../xray/meant.ts'
import { type Model, studentModel } from '../../xray/model.ts'
import type { RenderedRow, Rendering, Span } from '../../xray/span.ts'
import type { Trainer } from '../../xray/trainer.ts'
import { axolotlTrainer } from '../../xray/trainers/axolotl.ts'
import { llamaFactoryTrainer } from '../../xray/trainers/llama-factory.ts'
import { msSwiftTrainer } from '../../xray/trainers/ms-swift.ts'
import { trlTrainer } from '../../xray/trainers/trl.ts'
import { verlTrainer } from '../../xray/trainers/verl.ts'
import { type TrainingFaultKind, trainingFaults } from '../../xray/training-fault.ts'
import { inAxolotl, inHf, inLlamaFactory, inMsSwift, inTrl, inVerlSft, withToolCalls } from './rows.ts'

const qwen2 = studentModel('qwen2_5_vl')
const qwen3 = studentModel('qwen3_vl')

function renderingOf(rendered: RenderedRow): Rendering {
  if (!rendered.ok) throw new Error(rendered.problem)
  return rendered.rendering
}

const kindsIn = (row: JsonObject, rendering: Rendering, view?: JsonObject): TrainingFaultKind[] => [
  ...new Set(compare(meantBy(row, view), rendering, qwen3.family).faults.map(({ kind }) => kind)),
]

const right: [name: string, Trainer, JsonObject][] = [
  ['llamafactory', llamaFactoryTrainer, inLlamaFactory],
  ['ms_swift', msSwiftTrainer, inMsSwift],
  ...inTrl.map((row, index): [string, Trainer, JsonObject] => [`trl, turn ${index + 1}`, trlTrainer, row]),
  ['axolotl', axolotlTrainer, inAxolotl],
  ['verl_sft', verlTrainer, inVerlSft],
]

test.each(right)('nothing is wrong with a row of %s, with its row in hf and without', (_, trainer, row) => {
  for (const model of [qwen2, qwen3]) {
    const rendering = renderingOf(trainer.render(row, model))
    expect(kindsIn(row, rendering)).toEqual([])
    expect(kindsIn(row, rendering, inHf)).toEqual([])
  }
})

type Change = (spans: readonly Span[]) => Span[]

const texts =
  (change: (text: string, span: Span) => string): Change =>
  spans =>
    spans.map(span => (span.kind === 'text' ? { ...span, text: change(span.text, span) } : span))
const without = (pattern: RegExp | string) => texts(text => text.replace(pattern, ''))
const isPicture = ({ kind }: Span) => kind === 'picture'
/** Split, so that a part of a text can be trained otherwise than the rest. */
const masked =
  (pattern: RegExp, trained: boolean): Change =>
  spans =>
    spans.flatMap((span): Span[] =>
      span.kind === 'text'
        ? span.text
            .split(pattern)
            .map((text, index) => ({ ...span, text, trained: index % 2 === 1 ? trained : span.trained }))
        : [span],
    )

const planted: [fault: string, change: Change, expected: TrainingFaultKind[]][] = [
  ['nothing', spans => [...spans], []],
  ['the system prompt gone', without('You solve questions about pictures with tools.'), ['system_lost']],
  ['a tool gone', without(/\{"type": "function", "function": \{"name": "text_search".*/), ['tools_lost']],
  ['the question gone', without('Which city does the label in the picture name?'), ['question_lost']],
  ['a thought gone', without(/The label is small.*/), ['thought_lost', 'empty_thought_trained']],
  ['a call gone', without(/<tool_call>\n\{"name": "text_search", "arg[\s\S]*?<\/tool_call>/), ['call_lost']],
  ['another argument in a call', texts(text => text.replace('Sofia capital', 'Sofia')), ['call_lost']],
  [
    'arguments as a text',
    texts(text => text.replace(/("arguments": )(\{"query".*?\})\}/, '$1"$2"}')),
    ['call_lost'],
  ],
  ['a result gone', without('Found 1 result: the capital of a country in the south-east.'), ['result_lost']],
  ['the answer gone', without('<answer>4</answer>'), ['answer_lost']],
  ['another answer', texts(text => text.replace('<answer>4', '<answer>5')), ['answer_lost']],
  [
    'a picture gone',
    spans => spans.filter(span => !(span.kind === 'picture' && span.picture === 2)),
    ['picture_lost'],
  ],
  [
    'pictures as texts',
    spans => spans.map(span => (isPicture(span) ? { kind: 'text', text: '<image>', trained: false } : span)),
    ['picture_lost', 'placeholder_left'],
  ],
  [
    'all pictures before the question',
    spans => [
      ...spans.slice(0, 3),
      ...spans.filter(isPicture),
      ...spans.slice(3).filter(span => !isPicture(span)),
    ],
    ['picture_moved'],
  ],
  [
    'a picture twice',
    spans =>
      spans.flatMap(span =>
        isPicture(span) && span.kind === 'picture' && span.picture === 1 ? [span, span] : [span],
      ),
    ['picture_repeated'],
  ],
  [
    'two results exchanged',
    texts(text =>
      text
        .replace(/stdout:\nlabel: Sofia 4 2.5\n/, 'X')
        .replace(
          'Found 1 result: the capital of a country in the south-east.',
          'stdout:\nlabel: Sofia 4 2.5\n',
        )
        .replace('X', 'Found 1 result: the capital of a country in the south-east.'),
    ),
    ['order_changed'],
  ],
  ['the end gone', spans => spans.slice(0, Math.floor(spans.length * 0.6)), ['cut']],
  ['no loss at all', spans => spans.map(span => ({ ...span, trained: false })), ['nothing_trained']],
  [
    'loss on everything',
    spans => spans.map(span => ({ ...span, trained: true })),
    ['system_trained', 'tools_trained', 'question_trained', 'observation_trained', 'header_trained'],
  ],
  ['loss on a result', masked(/(stdout:\nlabel)/, true), ['observation_trained']],
  ['loss on the question', masked(/(Which city)/, true), ['question_trained']],
  ['loss on the system prompt', masked(/(You solve questions)/, true), ['system_trained']],
  ['loss on a tool', masked(/(Search a collection of texts)/, true), ['tools_trained']],
  ['loss on heads', masked(/(<\|im_start\|>assistant\n)/, true), ['header_trained']],
  ['a thought without loss', masked(/(The label is small, so)/, false), ['thought_untrained']],
  ['a call without loss', masked(/("Sofia capital")/, false), ['call_untrained']],
  ['the answer without loss', masked(/(<answer>4<\/answer>)/, false), ['answer_untrained']],
  ['ends without loss', masked(/(<\|im_end\|>)/, false), ['end_untrained']],
  ['no ends', spans => without(/<\|im_end\|>/g)(spans), ['end_untrained']],
  [
    'an empty thought before the answer',
    texts(text => text.replace('<answer>', '<think>\n\n</think>\n\n<answer>')),
    ['empty_thought_trained'],
  ],
  [
    'an empty thought before the answer, without loss',
    spans =>
      masked(
        /(<think>\n\n<\/think>)/,
        false,
      )(texts(text => text.replace('<answer>', '<think>\n\n</think>\n\n<answer>'))(spans)),
    [],
  ],
]

test.each(planted)('a rendering with %s', (_, change, expected) => {
  const { spans, cut } = renderingOf(llamaFactoryTrainer.render(inLlamaFactory, qwen3))
  for (const view of [undefined, inHf])
    expect(kindsIn(inLlamaFactory, { spans: change(spans), cut }, view)).toEqual(expected)
})

const qwen3Text = readFileSync(new URL('../../xray/templates/qwen3_vl.jinja', import.meta.url), 'utf8')

/** The template with something of it written otherwise; it has to be there. */
function changed(from: string | RegExp, to: string): Model {
  const text = qwen3Text.replace(from, to)
  expect(text).not.toBe(qwen3Text)
  const template = new Template(text)
  return { ...qwen3, chat: (messages, { tools = null } = {}) => template.render({ messages, tools }) }
}

const templates: [fault: string, () => Model, expected: TrainingFaultKind[]][] = [
  ['nothing wrong', () => qwen3, []],
  ['no tools', () => changed('{%- if tools %}', '{%- if false %}'), ['tools_lost']],
  ['no calls', () => changed('{%- if message.tool_calls %}', '{%- if false %}'), ['call_lost']],
  [
    'no thoughts before calls',
    () =>
      changed(
        "'<|im_start|>' + message.role + '\\n' }}\n        {%- if message.content is string %}\n            {{- message.content }}\n        {%- else %}\n            {%- for content_item",
        "'<|im_start|>' + message.role + '\\n' }}\n        {%- if message.tool_calls %}\n        {%- elif message.content is string %}\n            {{- message.content }}\n        {%- else %}\n            {%- for content_item",
      ),
    ['thought_lost'],
  ],
  [
    'no results',
    () => changed('message.role == "tool"', 'message.role == "nobody"'),
    ['result_lost', 'picture_lost'],
  ],
  [
    'no pictures in results',
    () => changed(/(message.role == "tool"[\s\S]*?)<\|vision_start\|><\|image_pad\|><\|vision_end\|>/, '$1'),
    ['picture_lost'],
  ],
  [
    'arguments encoded twice',
    () => changed('tool_call.arguments | tojson', 'tool_call.arguments | tojson | tojson'),
    ['call_lost'],
  ],
  [
    'ends missing after the model’s turns',
    () => changed(/(<\/tool_call>' }}\s*\{%- endfor %}\s*\{%- endif %}\s*\{\{- ')<\|im_end\|>/, '$1'),
    ['observation_trained', 'end_untrained', 'header_trained'],
  ],
]

test.each(templates)('a template with %s', (_, model, expected) => {
  expect(kindsIn(withToolCalls, renderingOf(verlTrainer.render(withToolCalls, model())), inHf)).toEqual(
    expected,
  )
})

test('the template of Qwen2.5-VL drops tools and calls, and the inlined form passes', () => {
  const rendering = renderingOf(verlTrainer.render(withToolCalls, qwen2))
  expect(kindsIn(withToolCalls, rendering, inHf)).toEqual(['tools_lost', 'call_lost'])
  expect(kindsIn(inVerlSft, renderingOf(verlTrainer.render(inVerlSft, qwen2)), inHf)).toEqual([])
})

test('every kind of finding is planted somewhere here, but for those of rows of their own', () => {
  const found = [...planted, ...templates].flatMap(([, , kinds]) => kinds)
  const missed = Object.keys(trainingFaults).filter(kind => !found.includes(kind as TrainingFaultKind))
  expect(missed).toEqual(['row_refused', 'reminder_lost', 'reminder_trained', 'untaught_trained'])
})
