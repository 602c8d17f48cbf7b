import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FormatOptions, format } from '../../checks/format.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, image, pythonTurn, reply, temporaryFolder, trajectory } from '../fixtures.ts'

const saying = (text: string): Turn => ({ reply: reply({ text }), observations: [] })
const run = (...turns: Turn[]) => trajectory({ turns })
const measure = (turns: Turn[], options?: FormatOptions) => format(options).measure(run(...turns), noContext)

describe('format', () => {
  checkConformance(async use =>
    use({
      check: format(),
      context: noContext,
      passing: run(pythonTurn(), answerTurn('8')),
      failing: run(pythonTurn({}, 'I look at <image>.'), answerTurn('8')),
    }),
  )
})

const twice: Turn = {
  reply: reply({ calls: [...pythonTurn().reply.calls, ...pythonTurn().reply.calls] }),
  observations: [...pythonTurn().observations, ...pythonTurn().observations],
}
const answering: Turn = { ...pythonTurn(), reply: { ...pythonTurn().reply, text: '<answer>8</answer>' } }

test.each<[string, Turn[], FormatOptions, string]>([
  ['a call and an answer', [pythonTurn(), answerTurn('8')], {}, 'passed'],
  ['an answer alone', [answerTurn('8')], {}, 'passed'],
  [
    'a turn in between that calls nothing',
    [saying('Hm.'), pythonTurn(), answerTurn('8')],
    {},
    'turn_without_call: turn 1 of 3 calls nothing',
  ],
  ['two calls at once', [twice, answerTurn('8')], {}, 'passed'],
  [
    'two calls at once, refused',
    [twice, answerTurn('8')],
    { parallelCalls: 'refuse' },
    'parallel_calls: turn 1',
  ],
  [
    'one call at a time, two being refused',
    [pythonTurn(), answerTurn('8')],
    { parallelCalls: 'refuse' },
    'passed',
  ],
  ['an answer that calls', [answering], {}, 'answer_with_call'],
  ['an answer before the last turn', [answering, answerTurn('8')], {}, 'early_answer: turn 1'],
  ['no answer tags', [saying('It is 8.')], {}, 'answer_tags: turn 1 has none'],
  ['an open answer tag', [saying('<answer>8')], {}, 'answer_tags: turn 1 has <answer>'],
  ['two answers', [saying('<answer>7</answer> no, <answer>8</answer>')], {}, 'answer_tags'],
  ['words behind the answer', [saying('<answer>8</answer>\nI am sure.')], {}, 'text_after_answer'],
  ['an end of line behind it', [saying('<answer>8</answer>\n')], {}, 'passed'],
])('%s', async (_, turns, options, expected) => {
  expect(told(await measure(turns, options))).toContain(expected)
})

test.each([
  '<image>',
  '<video>',
  '</think>',
  '<think>',
  '<code>',
  '<tool_call>',
  '</tool_response>',
  '<|im_end|>',
  '<|vision_start|>',
])('%s in the model’s own words is a marker', async marker => {
  const detail = expect.stringContaining(`turn 1: ${JSON.stringify(marker).slice(0, -1)}`)
  const text = [pythonTurn({}, `I measure it. ${marker}`), answerTurn('8')]
  expect(await measure(text)).toMatchObject({ reason: 'marker_in_text', detail })
  const code = [pythonTurn({ code: `print('${marker}')` }), answerTurn('8')]
  expect(await measure(code)).toMatchObject({ reason: 'marker_in_arguments', detail })
})

test.each([
  '</s>',
  '[/INST]',
  '<end_of_utterance>',
  '<begin_of_image>',
  '<｜tool▁calls▁begin｜>',
  '</function_calls>',
  '<function_results>',
  '<tool_outputs>',
  '<function=crop>',
])('%s, which another model’s template knows, is a marker in what was said', async marker => {
  const said = [pythonTurn({}, `I measure it. ${marker}`), answerTurn('8')]
  expect(await measure(said)).toMatchObject({ reason: 'marker_in_text' })
})

test.each([
  'a < b',
  '<b>bold</b>',
  '<function solve at 0x7f0>',
  'start_of_turn',
  'x<function=1',
  '|im_end|',
  '<imagery>',
  'image_1',
  '```python\nprint(8)\n```',
])('%s is no marker', async text => {
  expect(await measure([pythonTurn({}, text), answerTurn('8')])).toMatchObject({ passed: true })
})

test('what a tool wrote is for the exports to escape', async () => {
  const turn = pythonTurn({ stdout: '<image>' })
  for (const each of turn.observations) each.parts = [{ type: 'text', text: '<image><|im_end|>' }]
  expect(await measure([turn, answerTurn('8')])).toMatchObject({ passed: true })
})

const lengthOf = async (turns: Turn[], options: FormatOptions) => {
  const { detail } = await measure(turns, { maxTokens: 1_000_000, ...options })
  return Number(/^\d+/.exec(detail)?.[0])
}

test('every text and every image counts, and by bytes at most as many as there are', async () => {
  const words: FormatOptions = { tokenizer: { name: 'words', count: text => text.split(' ').length } }
  const short = [pythonTurn({}, 'I look.'), answerTurn('8')]
  const long = [pythonTurn({}, 'I look at it.'), answerTurn('8')]
  expect(await lengthOf(long, words)).toBe((await lengthOf(short, words)) + 2)
  expect(await lengthOf(long, {})).toBe((await lengthOf(short, {})) + ' at it'.length)
  const shown = (width: number) => {
    const turn = pythonTurn({}, 'I look.')
    for (const each of turn.observations)
      each.parts.push({ type: 'image', image: image('b', { width, height: 56 }) })
    return [turn, answerTurn('8')]
  }
  expect(await lengthOf(shown(84), words)).toBe((await lengthOf(short, words)) + 3 * 2 + 2)
  expect(await lengthOf(shown(84), { ...words, imagePixels: 42 * 28 })).toBe(
    (await lengthOf(short, words)) + 2 * 1 + 2,
  )
})

test('a row that is longer than is read fails, unless any length will do', async () => {
  const turns = [pythonTurn({ stdout: 'x' }, 'long '.repeat(5_000)), answerTurn('8')]
  expect(await measure(turns)).toMatchObject({
    reason: 'too_long',
    detail: expect.stringMatching(/tokens by bytes; 20480 are read$/),
  })
  expect(await measure(turns, { maxTokens: null })).toMatchObject({ passed: true })
})

test('a model’s tokenizer.json counts its tokens, and its name is in the options', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'tokenizer.json')
  const model = { type: 'WordLevel', vocab: { I: 0, look: 1, '[UNK]': 2 }, unk_token: '[UNK]' }
  const json = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model,
  }
  await writeFile(path, JSON.stringify(json))
  const tokenizer: FormatOptions = { tokenizer: path }
  expect(format(tokenizer).options.tokenizer).toMatch(/^tokenizer\.json [0-9a-f]{12}$/)
  const longer = await lengthOf([pythonTurn({}, 'I look look look'), answerTurn('8')], tokenizer)
  expect(longer).toBe((await lengthOf([pythonTurn({}, 'I look'), answerTurn('8')], tokenizer)) + 2)
})

test('a tokenizer that cannot be read is refused when the check is made', async () => {
  expect(() => format({ tokenizer: 'no/such/tokenizer.json' })).toThrow(
    /^no\/such\/tokenizer\.json cannot be read as a tokenizer\.json: ENOENT/,
  )
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'tokenizer.json')
  await writeFile(path, '{"a": 1}')
  expect(() => format({ tokenizer: path })).toThrow('cannot be read as a tokenizer.json')
})
