import { afterAll, describe, expect, test } from 'vitest'
import { consistency } from '../../checks/consistency.ts'
import type { Task } from '../../schemas/task.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext, openCheckBench } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, reply, searchTurn, trajectory } from '../fixtures.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

const ended = (turns: Turn[], thought: string, answer = '8', task: Partial<Task> = {}) => {
  const base = trajectory()
  const last = { ...answerTurn(answer), reply: reply({ text: `${thought}\n<answer>${answer}</answer>` }) }
  return trajectory({
    task: { ...base.task, ...task },
    turns: [...turns, last],
    outcome: { kind: 'answered', answer },
  })
}

/** The code, really run, and the thought that follows it. */
const after = async (code: string, thought: string, answer?: string) =>
  ended((await bench.record([code])).turns.slice(0, -1), thought, answer)

const measure = async (...of: Parameters<typeof after>) =>
  consistency().measure(await after(...of), bench.context)

const passing = await after('print(image_1.width)', 'The output shows 8.')
const failing = await after('print(image_1.width)', 'The output shows 9.')
describe('consistency', () => {
  checkConformance(async use => use({ check: consistency(), context: bench.context, passing, failing }))
})

const printed = 'print("width", image_1.width, "share", 0.2537)'
test.each([
  ['The output shows 9.'],
  ['The code printed a width of 80 pixels.'],
  ['Python gives 0.31 for the share.'],
  ['The result of the calculation: Python prints 42.'],
  ['The search results report 1,200 people.'],
  ['The output says "height 6".'],
  ['The result shows 42, as expected.'],
  ['So the result of the calculation is 1199.'],
  ['The output is 42.'],
  ['The tool returned 42.'],
  ['Python tells me it is 42.'],
  ['According to the output, the value is 42.'],
  ['I read 42 in what the tool printed.'],
  ['I read 812.45 in what the tool printed.'],
  ['Output: 42'],
])('%j was not there before', async thought => {
  expect(await measure(printed, thought)).toMatchObject({
    reason: 'misquoted',
    detail: expect.stringMatching(/^turn 2: /),
  })
})

test.each([
  ['The output shows 8.'],
  ['The output shows a width of 8 and a share of 25%.'],
  ['The script printed 0.25.'],
  ['The output was 8.'],
  ['The result is 42.'],
  ['According to the output, the width is 8.'],
  ['I read 0.2537 in the output.'],
  ['I need to find 42 things in the output.'],
  ['The output says "width 8".'],
  ['The code gives 8, one more than 7.'],
  ['The code will print 9.'],
  ['If the output shows 9, the image was scaled.'],
  ['Let me see whether the output shows 9.'],
  ['The output does not show 9.'],
  ['I expect that the code prints 9.'],
  ['I see 9 stars.'],
  ['`the output shows 9`'],
  ['The 2nd output shows image_9.'],
  ['图像的宽度是 9。'],
])('%j is fine', async thought => {
  expect(await measure(printed, thought)).toMatchObject({ passed: true })
})

test('numbers may follow from what was there, and come from earlier turns and the question', async () => {
  const two = [pythonTurn({ stdout: 'a 30' }), pythonTurn({ stdout: 'b 12' })]
  expect(
    await consistency().measure(
      ended(two, 'The outputs gave 30 and 12, so the code gives 18 as the difference.'),
      noContext,
    ),
  ).toMatchObject({ passed: true })
  const about = [searchTurn([['Bhutan', 'highest point: 7,570 m; people: 741,233']])]
  expect(
    await consistency().measure(ended(about, 'The passage says 7570 m and about 741000 people.'), noContext),
  ).toMatchObject({ passed: true })
  expect(await consistency().measure(ended(about, 'The passage says 7750 m.'), noContext)).toMatchObject({
    reason: 'misquoted',
  })
})

test('an address states nothing', async () => {
  const [found] = searchTurn([['Quiz', 'Play it.']]).observations
  const text = 'Found 1 result:\n1. Quiz (link: https://example.org/5018.html)\nPlay it.'
  const turns = [
    { ...searchTurn([]), observations: [{ ...found, parts: [{ type: 'text', text }] }] },
  ] as Turn[]
  const measured = (thought: string) => consistency().measure(ended(turns, thought), noContext)
  expect(await measured('The passage says 5018 km.')).toMatchObject({ reason: 'misquoted' })
  expect(await measured('The search found https://example.org/5018.html.')).toMatchObject({ passed: true })
})

const dotted = 'im = image_1.copy(); im.putpixel((1, 1), (0, 0, 0)); display(im)'
const white = 'from PIL import Image\nImage.new("RGB", (50, 50), "white")'
test('numbers that only the code named may be reported', async () => {
  expect(await measure('limit = 1\n37\nprint(limit)', 'The code printed 1 and has 37.')).toMatchObject({
    passed: true,
  })
})

test('what a picture may show is not held against what was printed', async () => {
  expect(await measure(dotted, 'The crop shows 9.')).toMatchObject({ passed: true })
  expect(await measure(dotted, 'The output shows 9.')).toMatchObject({ reason: 'misquoted' })
  expect(await measure('print(1)', 'The crop shows 9.')).toMatchObject({ reason: 'misquoted' })
})

test.each<[string, string, string, object]>([
  [
    'a call that failed',
    'image_1.widht',
    'The crop is now visible and it worked as expected.',
    { reason: 'claimed_success' },
  ],
  [
    'a call that failed, reported',
    'image_1.widht',
    'The output confirms the colour.',
    { reason: 'claimed_success', detail: expect.stringMatching(/^turn 2 after a call that failed: /) },
  ],
  [
    'a call that failed, admitted',
    'image_1.widht',
    'That raised an error. The image clearly shows a flag.',
    { passed: true },
  ],
  ['a call that failed, then a plan', 'image_1.widht', 'I look at the size of the image.', { passed: true }],
  [
    'a call that failed after it had printed',
    'print(8)\nimage_1.widht',
    'The output shows 8.',
    { passed: true },
  ],
  [
    'a blank picture',
    white,
    'The crop clearly shows the sign.',
    { reason: 'claimed_success', detail: expect.stringContaining('a blank picture') },
  ],
  [
    'a blank picture, with a content',
    white,
    'The crop clearly shows the lines. They never meet.',
    { reason: 'claimed_success' },
  ],
  ['a blank picture, enlarged', white, 'The enlarged view confirms it.', { reason: 'claimed_success' }],
  [
    'a blank picture, pointed at',
    white,
    'Here one can see exactly what it is.',
    { reason: 'claimed_success' },
  ],
  ['a blank picture, and an answer from it', white, 'That settles it.', { reason: 'claimed_success' }],
  ['a blank picture, and no doubt', white, 'The close-up leaves no doubt.', { reason: 'claimed_success' }],
  ['a blank picture, and nothing shown', white, 'The crop does not show it.', { passed: true }],
  ['a blank picture, and what was found before', white, 'The earlier measurement stands.', { passed: true }],
  ['a blank picture, and the question’s', white, 'I can see a flag in image_1.', { passed: true }],
  ['a blank picture, seen as one', white, 'The crop shows a plain white area.', { passed: true }],
  ['a picture with something in it', dotted, 'The crop clearly shows the sign.', { passed: true }],
])('%s', async (_, code, thought, expected) => {
  expect(await measure(code, thought)).toMatchObject(expected)
})

test.each<[string, string, boolean]>([
  ['print(8)', 'From the printed lines I take the figure 733.45.', false],
  ['print(8)', 'The cell’s output contains 733.45.', false],
  ['print(733.45)', 'From the printed lines I take the figure 733.45.', true],
  ['print(8)', 'From the printed lines I take 8.', true],
  ['print(8)', 'A plot of 733.45 is my own guess.', true],
  ['print(8)', 'My code returned `733.45`.', false],
  ['print(8)', 'The top search hit lists 733.45 as the value.', false],
  ['print(8)', 'The printed value of 733.45 answers this.', false],
  ['print(8)', 'Based on the tool’s output of 733.45, I can now answer.', false],
  ['print(8)', 'The cell returned:\n\n> 733.45', false],
  ['print(8)', 'The code should cut off at 733.45.', true],
  ['print(366.725)', 'Twice the printed 366.725 is 733.45.', true],
  [dotted, 'The picture that the code made holds 733.45.', true],
])('after %j: %j', async (code, thought, passed) => {
  expect(await measure(code, thought)).toMatchObject(passed ? { passed } : { reason: 'misquoted' })
})

test('an empty search confirms nothing', async () => {
  const turns = [searchTurn([])]
  expect(
    await consistency().measure(ended(turns, 'The search confirms that it is Paris.'), noContext),
  ).toMatchObject({
    reason: 'claimed_success',
    detail: expect.stringContaining('an empty search'),
  })
  expect(await consistency().measure(ended(turns, 'The search found nothing.'), noContext)).toMatchObject({
    passed: true,
  })
})

test.each([
  'The closest match is the flag of Norway. Now I look up its area.',
  'Norway has 323802 inhabitants; next I need its area.',
  'Its motto is "Alt for Norge". I go on.',
  'I identified the country. Next comes its area.',
])('%j was not found by an empty search', async thought => {
  expect(await consistency().measure(ended([searchTurn([])], thought), noContext)).toMatchObject({
    reason: 'claimed_success',
    detail: expect.stringContaining('an empty search'),
  })
})

test.each([
  'No match. From memory, Norway has 323802 square kilometres.',
  'I try "flag of Norway" instead.',
  'I look for the closest match in another way.',
  'I measure the 8 pixels of the image.',
  'I crop the flag and search for what it is.',
  'If it matches nothing, I crop it.',
])('%j is fine after an empty search', async thought => {
  expect(await consistency().measure(ended([searchTurn([])], thought), noContext)).toMatchObject({
    passed: true,
  })
})

test('what an empty search did not give may be known from before', async () => {
  const turns = [searchTurn([['Norway', 'area: 323802']]), searchTurn([])]
  expect(await consistency().measure(ended(turns, 'Its area is 323,802.'), noContext)).toMatchObject({
    passed: true,
  })
})

test.each([
  ['So 3 + 4 = 8.'],
  ['12 * 12 = 124'],
  ['35 * 37 = 1296'],
  ['10 / 4 = 2'],
  ['It is 5,000 - 1,200 = 3,000 km.'],
  ['Adding up: 3 + 4 = **8**.'],
  ['$12 \\times 3 = 37$ is easy.'],
  ['3 plus 4 equals 8.'],
  ['The total is 3 + 4 + 5 = 13.'],
  ['21 / 66 = 0.30'],
  ['So 3 + 4 = 8\n- then more'],
  ['We get (3 + 4) * 2 = 15.'],
])('%j is untrue', async thought => {
  expect(await measure('print(8)', thought)).toMatchObject({ reason: 'untrue_equation' })
})

test.each([
  ['So 3 + 4 = 7.'],
  ['10 / 4 = 2.5'],
  ['10 / 3 = 3.33'],
  ['37 * 27 = 1,000'],
  ['1234 + 5678 = 6913'],
  ['3.3 * 3 = 10.0'],
  ['2 + 3 * 4 = 14'],
  ['1 + 2 + 3 = 6'],
  ['(1 + 2) * 3 = 9'],
  ['2^3 - 1 = 7'],
  ['x - 3 = 4'],
  ['3 - 1 = 2x'],
  ['$12 \\times 3 = 36$'],
  ['2**3 = 8'],
  ['3 plus 4 equals 7.'],
  ['The mean is (3 + 4 + 4) / 3 = 3.67.'],
  ['1.2 + 3.4 + 5.6 = 10.3'],
  ['In 2012 - 2014 (3 + 4) = 7.'],
  ['5 - 2 = 9 / 3'],
  ['199 / 61 = 3.26'],
  ['21 / 66 = 0.31'],
  ['-2 / 3 = -0.66'],
  ['It has 12\n* 14 * 12 = 168 in all'],
  ['I add 5\n- 3 = 4'],
])('%j may be true', async thought => {
  expect(await measure('print(8)', thought)).toMatchObject({ passed: true })
})

const text = { answerType: 'text' as const }
const options = { choices: ['red', 'blue'], answerType: 'choice' as const, answer: 'red' }
test.each<[string, string, Partial<Task>, boolean]>([
  ['So the answer is 9.', '8', {}, false],
  ['So the answer is 8.', '8', {}, true],
  ['The answer: 9', '8', {}, false],
  ['At first the answer is 9. No, the answer is 8.', '8', {}, true],
  ['The answer is not 9.', '8', {}, true],
  ['The answer is the sum of 3 and 5.', '8', {}, true],
  ['The final answer is 8.04 cm.', '8', {}, true],
  ['$\\boxed{9}$', '8', {}, false],
  ['$\\boxed{8}$', '8', {}, true],
  ['✅ **Final answer:** 9', '8', {}, false],
  ['Putting it together, we arrive at 9.', '8', {}, false],
  ['This confirms that the answer should be 9.', '8', {}, false],
  ['My response is "9".', '8', {}, false],
  ['The correct response here is 9, as the steps show.', '8', {}, false],
  ['That leaves 9 as the only possible answer.', '8', {}, false],
  ['It follows that 9 is right.', '8', {}, false],
  ['I’d answer 9.', '8', {}, false],
  ['So, to answer the question: 9.', '8', {}, false],
  ['Therefore, \\(\\text{answer} = \\text{9}\\).', '8', {}, false],
  ['That leaves 9 cells to count.', '8', {}, true],
  ['The answer is (8, 12).', '(8, 9)', text, false],
  ['The answer is 9 rows and 8 columns.', '8 columns, 9 rows', text, true],
  ['The answer is 8 of 30.', '8', {}, true],
  ['The answer is 25%.', '0.25', {}, true],
  ['The answer is blue.', 'red', options, false],
  ['The correct option is B.', 'red', options, false],
  ['The answer is A.', 'red', options, true],
  ['The answer is the brighter one.', 'red', options, true],
  ['The answer is no.', 'yes', { answerType: 'boolean' }, false],
  ['The answer is yes, since it is larger.', 'yes', { answerType: 'boolean' }, true],
  ['The answer is **Rome**.', 'Paris', { answerType: 'text' }, false],
  ['The answer is a city in France.', 'Paris', { answerType: 'text' }, true],
  ['It is Rome.', 'Paris', { answerType: 'text' }, true],
  ['The answer is Rome.', 'Paris', { answerType: 'text' }, false],
  ['So the country is Norway.', 'Sweden', { ...text, question: 'Which country has this flag?' }, false],
  ['So the country is Sweden.', 'Sweden', { ...text, question: 'Which country has this flag?' }, true],
  ['So the country is Norway.', 'Oslo', { ...text, question: 'What is the capital of this country?' }, true],
  [
    'Hence the capital is Bergen.',
    'Oslo',
    { ...text, question: 'What is the capital of this country?' },
    false,
  ],
  ['The country is Norway.', 'Sweden', { ...text, question: 'Which country has this flag?' }, true],
  ['Therefore it is Norway.', 'Sweden', text, false],
  ['So it is Italian.', 'France', text, true],
  ['So it is Danish.', 'Denmark', text, true],
  ['The answer is Italian.', 'Italy', text, true],
  ['The answer is the USA.', 'United States of America', text, true],
  ['The answer is Cape Verde.', 'Republic of Cabo Verde', text, true],
  ['The answer is France’s capital.', 'Paris', text, true],
  ['The answer is obvious.', 'Paris', text, true],
  ['The answer is green.', 'red', text, false],
  ['The answer is crimson.', 'red', text, true],
  ['So it is left.', 'right', { ...text, question: 'Is it left or right?' }, true],
  ['The answer is left.', 'right', { ...text, question: 'Is it left or right?' }, false],
  ['The answer is left.', 'right', { ...text, question: 'Where is it?' }, true],
  ['So there are 9 stars.', '8', { question: 'How many stars are there?' }, false],
  ['So there are 9 stars.', '8', { question: 'How many planets are there?' }, true],
  ['So there are 9 stars. 8 of them are red.', '8', { question: 'How many red stars are there?' }, true],
  ['Therefore it is 9.', '8', {}, false],
  ['Therefore it is left 9.', 'left 8', { ...text, question: 'Left N or right N?' }, false],
  ['Therefore it is above 9.', '12', { question: 'How many are above 9?' }, true],
  ['That makes 9 the answer.', '8', {}, false],
  ['Oslo is the correct answer.', 'Bergen', text, false],
  ['I will go with 9.', '8', {}, false],
  ['The answer has to be 9.', '8', {}, false],
  ['I answer the question of the 9 bars.', '8', {}, true],
  ['In conclusion: 9.', '8', {}, false],
  ['I conclude that it is green.', 'red', text, false],
  ['My answer is therefore Oslo.', 'Bergen', text, false],
  ['That makes 9 the answer to another question, but it is 8.', '8', {}, true],
  ['9 is the number of bars.', '8', {}, true],
  ['I conclude that it is bright.', 'red', text, true],
  ['If so, it is 9.', '8', {}, true],
])('%j before %j', async (thought, answer, task, passed) => {
  const measured = await consistency().measure(ended([], thought, answer, task), noContext)
  expect(measured).toMatchObject(passed ? { passed } : { passed, reason: 'answer_differs' })
})
