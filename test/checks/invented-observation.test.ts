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
  ['Observation: the image shows three bars.'],
  ['The output goes to stdout: I read it there.'],
  ['I look for the user: is there one?'],
  ['I find out where the output goes: stdout it is.'],
  ['I compare a < b and <b>bold</b>.'],
  ['Found 3 results for the first half, so I go on.'],
  ['The code will print the width.'],
  ['The code measures what is brighter than the rest.'],
  ['Once the output shows the width, I can compare.'],
  ['The image shows a chart, and the code prints no number yet.'],
])('%j is the model’s own to say', async text => {
  expect(await measure(saying(text))).toMatchObject({ passed: true })
})

test.each([
  'Running this gave 8.',
  'After running it, the printed result is 8.',
  'Executing it yields `8`, which I report.',
  'I run it.\nOutput: 8',
  'The tool returned 8.',
  'The output is 8.',
])('%j is told before the first call', async text => {
  expect(await measure(saying(text))).toMatchObject({ reason: 'result_before_call' })
})

test.each([
  'Running this will give the width.',
  'The tool to use is Python.',
  'I call the tool that shows the width.',
  'I want to find the width in the output.',
])('%j is a plan', async text => {
  expect(await measure(saying(text))).toMatchObject({ passed: true })
})

test('a result is not told before the first call', async () => {
  expect(await measure(saying('I ran it. The code printed 8.'))).toMatchObject({
    reason: 'result_before_call',
    detail: 'turn 1: "The code printed 8."',
  })
  expect(
    await measure(saying('I measure it.'), saying('The code printed 8. I check it again.')),
  ).toMatchObject({ passed: true })
})

test('nor is the number that only this turn’s own call gave', async () => {
  const told = saying('The output shows 4711 now.', '4711')
  expect(await measure(saying('I measure it.'), told)).toMatchObject({ reason: 'result_before_call' })
  expect(await measure(saying('I measure it.', '4711'), told)).toMatchObject({ passed: true })
})

test('a call that never worked gave something to report: its error', async () => {
  const mistake = { kind: 'bad_arguments' as const, message: 'not JSON' }
  const refused: Turn = { ...saying('I measure it.'), observations: [observation({ data: null, mistake })] }
  expect(await measure(refused, saying('The tool says that this is not JSON.'))).toMatchObject({
    passed: true,
  })
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
