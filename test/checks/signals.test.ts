import { afterAll, describe, expect, test } from 'vitest'
import { signalsIn, signalsOf } from '../../checks/signals/signal.ts'
import { type SignalName, signalNames, signals } from '../../checks/signals.ts'
import type { Cell } from '../../schemas/cell.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { noContext, openCheckBench } from '../check-context.ts'
import { passingConformance } from '../conformance/check.ts'
import { answered, image, pythonTurn, searchTurn } from '../fixtures.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

/** The turn in which a signal is seen; null where it is not. */
async function sight(name: SignalName, row: Trajectory, context = noContext) {
  const [seen] = signalsOf(await signals({ only: [name] }).measure(row, context))
  return seen?.turn ?? null
}

const row = answered('1284', [pythonTurn({ stdout: '1284' }, 'The answer is 1284. I measure it.')])
const quiet = answered('1284', [pythonTurn({ stdout: '1284' })])

describe('signals', () => {
  passingConformance(use => use({ check: signals(), context: noContext, passing: row }))
})

test('a row with a signal passes, and the record names the signal with its turn and words', async () => {
  const words = '"The answer is 1284. I measure it."'
  const data = { signals: [{ name: 'answered_first', turn: 1, words }] }
  const passed = { passed: true, reason: '' }
  const measured = await signals().measure(row, noContext)
  expect(measured).toEqual({ ...passed, detail: 'answered_first', data })
  expect(await signals().measure(quiet, noContext)).toEqual({ ...passed, detail: '', data: { signals: [] } })
  expect(signalsIn([{ check: 'signals', ...measured }])?.map(({ name }) => name)).toEqual(['answered_first'])
  expect(signalsIn([])).toBeNull()
})

test('only the named signals are looked for', async () => {
  const others = signalNames.filter(name => name !== 'answered_first')
  expect(signalsOf(await signals({ only: others }).measure(row, noContext))).toEqual([])
  expect(await sight('answered_first', row)).toBe(1)
})

/** What is said before a last cell of Python that printed something, and whether it is that signal. */
const loop = 'the box of the leftmost point lies in this row, '
const items = Array.from({ length: 30 }, (_, at) => `- point ${at} is ${at * 7}\n`).join('')
test.each<[SignalName, string, boolean]>([
  ['answered_first', 'The answer is 8. I measure it to show that.', true],
  ['answered_first', 'The answer has to be 8.', true],
  ['answered_first', 'I measure the image.', false],
  ['answered_first', 'If the answer is 8, the image is small.', false],
  ['answered_first', '1. Read the file.\n2. Sort it.\n8. Print what remains.', false],
  ['answered_first', 'The answer is 9.', false],
  ['apology', 'I apologize for the confusion.', true],
  ['apology', 'You’re absolutely right, the width is missing.', true],
  ['apology', 'The left one is right.', false],
  ['guess', 'I will make an educated guess: 8.', true],
  ['guess', 'Let me make a reasonable assumption.', true],
  ['guess', 'My best guess is 8.', true],
  ['guess', 'The game is called Guess Who.', false],
  ['guess', 'Assume that x is 8.', false],
  ['refused', 'I’m sorry, but I can’t assist with that request.', true],
  ['refused', 'As an AI language model, I have no eyes.', true],
  ['refused', 'Sorry, I cannot identify real people.', true],
  ['refused', 'I won’t discuss this.', true],
  ['refused', 'I’m sorry, but I can’t make out the third digit yet, so I enlarge that corner.', false],
  ['refused', 'I can’t help but notice the border.', false],
  ['refused', 'I treat it as an AI-generated image.', false],
  ['cannot_see', 'I have no way of viewing images.', true],
  ['cannot_see', 'I am unable to view images directly.', true],
  ['cannot_see', "I can't see the image you mention.", true],
  ['cannot_see', "I don't have the ability to process images.", true],
  ['cannot_see', 'No image was provided.', true],
  ['cannot_see', 'I was not given any image.', true],
  ['cannot_see', 'I have no access to the picture you uploaded.', true],
  ['cannot_see', 'It looks like no image came through.', true],
  ['cannot_see', 'Could you please upload the image?', true],
  ['cannot_see', 'I do not have access to the attached pictures.', true],
  ['cannot_see', 'Please provide the photo.', true],
  ['cannot_see', 'I cannot see the details, so I crop.', false],
  ['cannot_see', 'I can’t see the image clearly at this size.', false],
  ['cannot_see', 'I cannot see the image in full, so I resize it.', false],
  ['cannot_see', 'I have access to the image.', false],
  ['cannot_see', '`I cannot see images` is printed on it.', false],
  ['told_ahead', 'The tool has been used to locate the bars.', true],
  ['told_ahead', 'I count. The output was 8.', true],
  ['told_ahead', 'I see what the output is.', false],
  ['told_ahead', 'The tool may be used to locate the bars.', false],
  ['open_end', 'I measure the', true],
  ['open_end', 'I measure the width,', true],
  ['open_end', 'I crop it because', true],
  ['open_end', 'But since the label says "', true],
  ['open_end', 'I measure it', false],
  ['open_end', 'I measure it:', false],
  ['open_end', 'I find out where it comes from', false],
  ['open_end', 'I take option A', false],
  ['repetition', loop.repeat(8), true],
  ['repetition', loop.repeat(5), false],
  ['repetition', '我再看一次这张图片。'.repeat(9), true],
  ['repetition', '0 1 0 0 1 1\n'.repeat(40), false],
  ['repetition', items, false],
  ['misquoted', 'The output is 733.', true],
])('%s: %j', async (name, thought, seen) => {
  expect(await sight(name, answered('8', [pythonTurn({ stdout: '8' }, thought)]))).toBe(seen ? 1 : null)
  if (name === 'answered_first') return
  expect(await sight(name, answered('8', [pythonTurn({}, `\`\`\`\n${thought}\n\`\`\``)]))).toBeNull()
})

/** What is said behind a cell that printed `width 733.45, share 0.2537`, before the answer. */
test.each<[SignalName, string, boolean]>([
  ['answered_first', 'The answer is 8.', false],
  ['told_ahead', 'The output was 8.', false],
  ['open_end', 'What he plays is the', false],
  ['missing_evidence', 'The page does not mention the year.', true],
  ['missing_evidence', 'There is no information about it.', true],
  ['missing_evidence', 'It cannot be determined from the picture.', true],
  ['missing_evidence', 'The year isn’t shown anywhere.', true],
  ['missing_evidence', 'It is not red.', false],
  ['missing_evidence', 'The label says 8.', false],
  ['next_question', 'It is 8.\n\nQuestion: How high is it?', true],
  ['next_question', 'It is 8.\n**Task 2:** measure the height', true],
  ['next_question', 'The question: how wide is it? It is 8 wide.', false],
  ['misquoted', 'The code printed a width of 812.45 pixels.', true],
  ['misquoted', 'Python gives 0.314 for the share.', true],
  ['misquoted', 'The search results report 1,200 people.', true],
  ['misquoted', 'The output says "height 6".', true],
  ['misquoted', 'According to the output, the value is 942.', true],
  ['misquoted', 'The result of this script is 1199.', true],
  ['misquoted', 'The output shows 733.45.', false],
  ['misquoted', 'The output was about 730.', false],
  ['misquoted', 'The output shows a share of 25.4%.', false],
  ['misquoted', 'Twice the output of 733.45 is 1466.9.', false],
  ['misquoted', 'The output says "width 733.45".', false],
  ['misquoted', 'The code will print 942.', false],
  ['misquoted', 'If the output shows 942, the image was scaled.', false],
  ['misquoted', 'The output does not show 942.', false],
  ['misquoted', 'The search found https://example.org/7777.html.', false],
  ['misquoted', 'I see 942 stars.', false],
  ['misquoted', 'The area code 0471 belongs to Bolzano.', false],
  ['misquoted', 'Section 1204 of the Probate Code applies.', false],
  ['misquoted', 'A cardiac output of 4.85 litres is normal.', false],
])('%s: %j behind an output', async (name, thought, seen) => {
  const turns = [pythonTurn({ stdout: 'width 733.45, share 0.2537' })]
  expect(await sight(name, answered('8', turns, thought))).toBe(seen ? 2 : null)
})

/** What is said before anything was seen, and the answer that is given in the end. */
test.each<[string, string, boolean]>([
  ['The picture holds 1284 dots altogether.', '1284', true],
  ['This flag belongs to Norway, and I only search for form’s sake.', 'Norway', true],
  ['The ratio comes to 4.2 by eye.', '4.2', true],
  ['The sign names New Zealand.', 'New Zealand', true],
  ['Perhaps there are 1284 dots.', '1284', false],
  ['I will search for Norway.', 'Norway', false],
  ['Is it Norway?', 'Norway', false],
  ['1. Read the file.\n2. Sort it.\n3. Print what remains.', '3', false],
  ['The bars are labelled Kiwi, Plum and Melon. I crop each of them.', 'Plum', false],
  ['The bars are labelled Kiwi, Plum and Melon. I crop each of them.', 'Melon', false],
])('%j names %s first: %s', async (thought, answer, seen) => {
  const turns = [pythonTurn({ stdout: answer }, thought)]
  expect(await sight('answered_first', answered(answer, turns))).toBe(seen ? 1 : null)
  const task = { question: `Does it show ${answer}?` }
  expect(await sight('answered_first', answered(answer, turns, '', task))).toBeNull()
  const later = [pythonTurn({ stdout: answer }), ...turns]
  expect(await sight('answered_first', answered(answer, later))).toBeNull()
})

test('that evidence is missing is none where another look follows, or where the answer says so', async () => {
  const thought = 'The page does not mention it.'
  expect(await sight('missing_evidence', answered('8', [pythonTurn({}, thought)]))).toBeNull()
  expect(await sight('missing_evidence', answered('It cannot be determined.', [], thought))).toBeNull()
})

test.each<[Partial<Cell>, string, boolean]>([
  [{ stdout: '8\n' }, '9', true],
  [{ stdout: '', result: '8' }, '9', true],
  [{ stdout: 'width: 8' }, '9', true],
  [{ stdout: 'no' }, 'yes', true],
  [{ stdout: 'answer: no' }, 'yes', true],
  [{ stdout: '8\n' }, '8', false],
  [{ stdout: '2.6667' }, '2.7', false],
  [{ stdout: '(8, 6)' }, '9', false],
  [{ stdout: '8' }, 'red', false],
  [{ stdout: '8', images: [image()] }, '9', false],
  [{ stdout: '8', status: 'error' }, '9', false],
  [{ stdout: 'False' }, 'yes', false],
  [{ stdout: 'red pixels: no 8' }, 'yes', false],
])('after %j the answer %j is contradicted: %s', async (cell, answer, seen) => {
  expect(await sight('contradicted', answered(answer, [pythonTurn(cell)]))).toBe(seen ? 1 : null)
})

test('a last number from which a thought writes out the answer is no contradiction', async () => {
  const turns = [pythonTurn({ stdout: 'left: 30, right: 12' }), pythonTurn({ stdout: '42' })]
  expect(await sight('contradicted', answered('18', turns, '30 - 12 = 18'))).toBeNull()
})

test.each<[string, string, number | null]>([
  ['43', 'So there are 43.', 2],
  ['42', 'There are 12 + 30 = 42.', null],
  ['43', 'There are 12 + 30 = 43.', 2],
  ['12', '', null],
  ['red', '', null],
])('%s after %j is ungrounded where there were 12 and 30: %s', async (answer, thought, turn) => {
  const apples = [pythonTurn({ stdout: 'apples: 12\npears: 30' })]
  expect(await sight('ungrounded_number', answered(answer, apples, thought))).toBe(turn)
  expect(await sight('ungrounded_number', answered(answer, [], thought))).toBeNull()
})

const long = 'I look at the upper left corner again, since the label there is too small to read.'
test.each<[string, string[], number | null]>([
  ['twice', [long, long], 2],
  ['again later', [long, 'I crop it.', long], 3],
  ['in other words', [long, `Now ${long}`], null],
  ['a short one', ['I crop it.', 'I crop it.'], null],
])('the same thought %s', async (_, thoughts, turn) => {
  const turns = thoughts.map(text => pythonTurn({}, text))
  expect(await sight('repeated_thought', answered('8', turns))).toBe(turn)
})

const white = 'from PIL import Image\nImage.new("RGB", (50, 50), "white")'
const dotted = 'im = image_1.copy(); im.putpixel((1, 1), (0, 0, 0)); display(im)'
test.each<[string[], boolean]>([
  [[white], true],
  [[dotted, white], true],
  [[dotted], false],
  [[white, dotted], false],
  [[`print(8)\n${white}`], false],
  [['print(8)'], false],
])('%j shows a blank picture last: %s', async (codes, seen) => {
  const made = await bench.record(codes)
  expect(await sight('blank_picture', made, bench.context)).toBe(seen ? codes.length + 1 : null)
})

const ears = 'Which of these animals has the longest ears of all of them?'
const choices = ['a very small grey rabbit that sits on the green lawn', 'a fox']
test.each([
  ['I put my final answer between the two tags and write nothing else.', true],
  ['I should only ever reply with the letter of one option.', true],
  [ears, false],
  [`It is ${choices[0]}.`, false],
  ['I give my final answer.', false],
])('%j repeats the prompt: %s', async (thought, seen) => {
  const text = `${ears}\nA. ${choices[0]}\nB. a fox\nOnly ever reply with the letter of one option.`
  const asked = {
    ...answered('8', [pythonTurn({}, thought)]),
    system: 'You solve tasks. Put your final answer between the two tags and write nothing else.',
    question: [{ type: 'text' as const, text }],
    task: { ...row.task, question: ears, choices },
  }
  expect(await sight('prompt_echo', asked)).toBe(seen ? 1 : null)
})

test('what a search shows may be quoted', async () => {
  const found = [searchTurn([['Quiz', 'It has 7777 km.']])]
  expect(await sight('misquoted', answered('8', found, 'The search says 7777 km.'))).toBeNull()
  expect(await sight('misquoted', answered('8', [searchTurn([])], 'The search says 7777 km.'))).toBe(2)
})
