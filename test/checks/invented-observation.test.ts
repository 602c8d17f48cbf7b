import { describe, expect, test } from 'vitest'
import { inventedObservation } from '../../checks/invented-observation.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, trajectory } from '../fixtures.ts'

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
