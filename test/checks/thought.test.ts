import { describe, expect, test } from 'vitest'
import { type ThoughtOptions, thought } from '../../checks/thought.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, trajectory } from '../fixtures.ts'

const saying = (...texts: string[]) =>
  trajectory({ turns: [...texts.map(text => pythonTurn({}, text)), answerTurn('8')] })

describe('thought', () => {
  checkConformance(async use =>
    use({ check: thought(), context: noContext, passing: saying('I measure it now.'), failing: saying('') }),
  )
})

test.each<[string, string[], object]>([
  ['a sentence', ['I measure the image first.'], { passed: true }],
  ['four words', ['Now I measure it.'], { passed: true }],
  ['three words', ['I measure it.'], { reason: 'missing', detail: 'turn 1 calls a tool after 3 of 4 words' }],
  ['nothing', [''], { reason: 'missing' }],
  [
    'one thought of two',
    ['I measure the image first.', 'ok'],
    { passed: true, data: { calls: 2, first: true, share: 0.5 } },
  ],
  [
    'one thought of three',
    ['I measure the image first.', 'ok', ''],
    { reason: 'too_few', detail: '1 of 3 calls have a thought', data: { first: true, share: 1 / 3 } },
  ],
  [
    'all thoughts but the first',
    ['', 'I measure the image first.', 'Now I measure it again.'],
    { reason: 'missing', data: { calls: 3, first: false, share: 2 / 3 } },
  ],
  ['Chinese, which has no spaces', ['我先测量这张图片的宽度。'], { passed: true }],
  ['only code', ['```python\nprint(image_1.size) # I measure the image first\n```'], { reason: 'missing' }],
  ['only code, unclosed', ['```python\nI measure the image first'], { reason: 'missing' }],
  ['prose around code', ['I measure the image first: ```print(1)```'], { passed: true }],
  ['numbers and signs', ['1 2 3 4 5 --- !!!'], { reason: 'missing' }],
  ['no call at all', [], { passed: true, detail: 'none', data: { calls: 0 } }],
])('%s', async (_, texts, expected) => {
  expect(await thought().measure(saying(...texts), noContext)).toMatchObject(expected)
})

test('the provider’s own reasoning is no visible thought', async () => {
  const silent = saying('')
  for (const { reply } of silent.turns) reply.reasoning = 'I measure the image first.'
  expect(await thought().measure(silent, noContext)).toMatchObject({ passed: false })
})

test('how many words are enough is an option', async () => {
  expect(await thought({ minWords: 1 }).measure(saying('Measuring.'), noContext)).toMatchObject({
    passed: true,
  })
  expect(await thought({ minWords: 2 }).measure(saying('Measuring.'), noContext)).toMatchObject({
    passed: false,
  })
})

test.each<[string, ThoughtOptions, string[], object]>([
  [
    'every call',
    { share: 1 },
    ['I measure the image first.', 'ok'],
    { reason: 'too_few', detail: '1 of 2 calls have a thought' },
  ],
  ['any call but the first', { first: false }, ['', 'I measure the image first.'], { passed: true }],
  ['the first call alone', { share: 0 }, ['I measure the image first.', '', ''], { passed: true }],
  ['none', { first: false, share: 0 }, [''], { passed: true }],
])('which calls need one is an option: %s', async (_, options, texts, expected) => {
  expect(await thought(options).measure(saying(...texts), noContext)).toMatchObject(expected)
})

test('calls of one turn share its thought', async () => {
  const [turn = pythonTurn()] = saying('I measure the image first.').turns
  const twice = {
    reply: { ...turn.reply, calls: [...turn.reply.calls, ...turn.reply.calls] },
    observations: [...turn.observations, ...turn.observations],
  }
  const turns = [twice, pythonTurn({}, ''), answerTurn('8')]
  expect(await thought().measure(trajectory({ turns }), noContext)).toMatchObject({
    data: { calls: 3, first: true, share: 2 / 3 },
  })
})
