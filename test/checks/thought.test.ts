import { describe, expect, test } from 'vitest'
import { thought } from '../../checks/thought.ts'
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
    'one thought missing of two',
    ['I measure the image first.', 'ok'],
    { detail: expect.stringMatching(/^turn 2/) },
  ],
  ['Chinese, which has no spaces', ['我先测量这张图片的宽度。'], { passed: true }],
  ['only code', ['```python\nprint(image_1.size) # I measure the image first\n```'], { reason: 'missing' }],
  ['only code, unclosed', ['```python\nI measure the image first'], { reason: 'missing' }],
  ['prose around code', ['I measure the image first: ```print(1)```'], { passed: true }],
  ['numbers and signs', ['1 2 3 4 5 --- !!!'], { reason: 'missing' }],
  ['no call at all', [], { passed: true }],
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
