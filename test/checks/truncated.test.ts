import { describe, expect, test } from 'vitest'
import { truncated } from '../../checks/truncated.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, reply, trajectory } from '../fixtures.ts'

const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })

describe('truncated', () => {
  checkConformance(async use =>
    use({
      check: truncated(),
      context: noContext,
      passing: saying('I measure it.'),
      failing: saying('I measure the width of the'),
    }),
  )
})

test.each([
  ['I measure the', 'cut_sentence'],
  ['I measure the width,', 'cut_sentence'],
  ['I crop it because', 'cut_sentence'],
  ['It is wide, which means that', 'cut_sentence'],
  ['I will now', 'cut_sentence'],
  ['It is wide, which is why I', 'cut_sentence'],
  ['It is wider than', 'cut_sentence'],
  ['But since the label says "', 'cut_sentence'],
  ['I run this:\n```python\nprint(8)', 'left_open'],
  ['It is <answer>8', 'left_open'],
])('%j was cut', async (text, reason) => {
  expect(await truncated().measure(saying(text), noContext)).toMatchObject({
    reason,
    detail: expect.stringContaining('turn 1'),
  })
})

test.each([
  ['I measure it'],
  ['I look at it. Then I count'],
  ['```DONE```'],
  ['I note ```a = 1``` and ```b = 2```'],
  ['I find out where it comes from'],
  ['I take option A'],
  ['I measure that'],
  ['I crop it now'],
  ['I measure it:'],
  ['I run this:\n```python\nprint(8)\n```\nand see'],
  ['I look at it. What remains:\n- the width\n- the height'],
  ['I look at it. **Step 2**'],
  ['I look at it. Next:\n\n## Crop'],
  ['I look at it. The width is 42'],
  ['I look at it. So w = image'],
  ['宽度是多少'],
  [''],
])('%j may be whole', async text => {
  expect(await truncated().measure(saying(text), noContext)).toMatchObject({ passed: true })
})

test('what stands before an answer may run on into it', async () => {
  const answering: Turn = {
    reply: reply({ text: 'What he plays is the <answer>sitar</answer>' }),
    observations: [],
  }
  const turns = [pythonTurn({}, 'I look at it.'), answering]
  expect(await truncated().measure(trajectory({ turns }), noContext)).toMatchObject({ passed: true })
})

test('a reply that was ended for its length is cut', async () => {
  const turns: Turn[] = [{ ...pythonTurn(), reply: reply({ stop: 'length' }) }, answerTurn('8')]
  expect(await truncated().measure(trajectory({ turns }), noContext)).toMatchObject({
    reason: 'reply_cut',
    detail: 'turn 1 ended by length',
  })
})
