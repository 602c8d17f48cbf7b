import { describe, expect, test } from 'vitest'
import { inventedObservation } from '../../checks/invented-observation.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, image, observation, pythonTurn, reply, trajectory } from '../fixtures.ts'

const run = (...turns: Turn[]) => trajectory({ turns: [...turns, answerTurn('8')] })
const saying = (text: string, stdout = '8') => pythonTurn({ stdout }, text)
const measure = (...turns: Turn[]) => inventedObservation().measure(run(...turns), noContext)

describe('inventedObservation', () => {
  checkConformance(async use =>
    use({
      check: inventedObservation(),
      context: noContext,
      passing: run(saying('I measure the image.')),
      failing: run(saying('I measure it.\n<tool_response>8</tool_response>')),
    }),
  )
})

test.each([
  ['I measure it.\n<tool_response>\n8'],
  ['I measure it.<|im_end|>\n<|im_start|>user\n8'],
  ['I run it.\nCode execution result:\n8'],
  ['I run it.\nstdout:\n```\n8\n```'],
  ['I run it.\nstdout: ```8```'],
  ["I search.\nA Google search for 'x' found 5 results:"],
  ['I search.\nFound 3 results for "x":'],
  ['I show it.\nImages: image_2 (200x100)'],
  ['Action: python\nAction Input: print(8)\nObservation: 8'],
  ['I run it.\n\nUser: 8'],
  ['I run it.\n```output\n8\n```'],
  ['I run it.\n\n>>> print(result)\n8'],
  ['I run it.\n\n**Output:**\n\n8'],
  ['I run it.\n\nObservation: 8'],
  ['I run it.\n\nObservation:\n8'],
  ['Observation: the image shows three bars.'],
  ['I search.\nObservation:\n[{"title": "Oslo"}]'],
  ['I search.\nOBSERVATION 2: Page: Oslo'],
  ['I run it.\n**Observation:** 8'],
  ['I run it.\n### Observation 1\n8'],
  ['I run it.\n[Observation]\n8'],
  ['I run it.\n- Tool output: 8'],
  ['I run it.\n> Execution result:\n> 8'],
  ['It is eight.\nAssistant: The answer is 8.'],
  ['It is eight.\nHuman: Thank you.'],
  ['我运行代码。\n观察结果：8'],
  ['我运行代码。\n用户：谢谢'],
  ['I run it.\n\n[Output]\nOslo'],
  ["I run it.\n\nOut[1]: 'Oslo'"],
  ['I run it.\nstdout: Oslo'],
  ['I run it.\n```tool_outputs\nOslo\n```'],
])('%j holds what only a tool may say', async text => {
  expect(await measure(saying(text))).toMatchObject({
    reason: 'result_marker',
    detail: expect.stringMatching(/^turn 1: /),
  })
})

test.each([
  ['The output goes to stdout: I read it there.'],
  ['I look for the user: is there one?'],
  ['I find out where the output goes: stdout it is.'],
  ['I compare a < b and <b>bold</b>.'],
  ['Found 3 results for the first half, so I go on.'],
  ['My observation: three bars.'],
  ['One colour for the tool title and another for the tool output: both stay.'],
  ['The issue quotes this:\n```\n>>> print(8)\n8\n```\nI try it.'],
  ['The code printed 8.'],
  ['The code will print the width.'],
  ['The code measures what is brighter than the rest.'],
  ['Once the output shows the width, I can compare.'],
  ['The image shows a chart, and the code prints no number yet.'],
])('%j is the model’s own to say', async text => {
  expect(await measure(saying(text))).toMatchObject({ passed: true })
})

test('a line that stands in the question, or in what a tool gave before, is quoted', async () => {
  const chat = saying('I read it.', 'User: hello\nAssistant: hi')
  const quoting = saying('The chat says\nUser: hello\nso I go on.')
  expect(await measure(chat, quoting)).toMatchObject({ passed: true })
  expect(await measure(quoting)).toMatchObject({ reason: 'result_marker' })
})

const showing = (text: string, count: number, code = ''): Turn => ({
  reply: reply({ text, calls: [{ id: 'call_1', name: 'python', arguments: code }], stop: 'calls' }),
  observations: [observation({ parts: Array(count).fill({ type: 'image', image: image() }) })],
})
const concluding = (text: string): Turn => ({
  reply: reply({ text: `${text}\n<answer>8</answer>` }),
  observations: [],
})

test.each<[string, Turn[], object]>([
  [
    'an image that nobody showed',
    [showing('I crop it.', 2), concluding('In image_9 I see it.')],
    { reason: 'unseen_image', detail: 'turn 2 speaks of image_9; 3 were shown' },
  ],
  [
    'the last that was shown',
    [showing('I crop it.', 2), concluding('In image_3 I see it.')],
    { passed: true },
  ],
  [
    'one more than was shown',
    [showing('I crop it.', 2), concluding('In image_4 I see it.')],
    { reason: 'unseen_image' },
  ],
  ['image_0', [concluding('In image_0 I see it.')], { reason: 'unseen_image' }],
  ['one that the call is to show', [showing('I crop it and show it as image_2.', 0)], { passed: true }],
  ['one that the call does show', [showing('I make image_2 to image_6.', 5)], { passed: true }],
  ['one far ahead', [showing('I look at image_7.', 1)], { reason: 'unseen_image' }],
  [
    'a variable of the code',
    [showing('I keep it as image_77.', 1, 'image_77 = 1'), concluding('In image_77 I see it.')],
    { passed: true },
  ],
])('%s', async (_, turns, expected) => {
  expect(await inventedObservation().measure(trajectory({ turns }), noContext)).toMatchObject(expected)
})
