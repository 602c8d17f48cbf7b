import { afterAll, describe, expect, test } from 'vitest'
import type { CheckContext } from '../../checks/check.ts'
import { grounded } from '../../checks/grounded.ts'
import type { Task } from '../../schemas/task.ts'
import type { Trajectory, Turn } from '../../schemas/trajectory.ts'
import { crop as cropTool } from '../../tools/crop.ts'
import { noContext, openCheckBench, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answered, image, observation, pythonTurn, reply, searchTurn } from '../fixtures.ts'

const printed = (stdout: string, changes: Parameters<typeof pythonTurn>[0] = {}) =>
  pythonTurn({ stdout, ...changes })
const crop: Turn = {
  reply: reply({ calls: [{ id: 'call_1', name: cropTool().name, arguments: '{}' }] }),
  observations: [observation({ data: null, parts: [{ type: 'image', image: image() }] })],
}

/** In which that tool is known to leave no other record. */
const cropping: CheckContext = Object.create(noContext, { tools: { value: [cropTool()] } })

/** Whether an answer passes because something shows it. */
const shown = async (made: Trajectory): Promise<boolean> => {
  const { passed, detail } = await grounded().measure(made, noContext)
  return passed && !/^no observation shows the number/.test(detail)
}

const cost = printed('apples: 12\npears: 30\nplums: 7\nfigs: 2\nnuts: 91\ndates: 5\nkiwis: 64')

describe('grounded', () => {
  checkConformance(async use =>
    use({
      check: grounded(),
      context: noContext,
      passing: answered('42', [printed('total: 42')]),
      failing: answered('Rome', [printed('city: Paris')], '', { answerType: 'text' }),
    }),
  )
})

test.each<[string, string, string, boolean]>([
  ['the number itself', '42', 'total: 42', true],
  ['another number', '43', 'total: 42', false],
  ['a part of a longer number', '42', 'total: 1425', false],
  ['a rounded number', '3.3', 'ratio: 3.2622', true],
  ['a number more precise than what was observed', '3.2622', 'ratio: 3.3', false],
  ['a number with separators', '1,234,567', 'people: 1234567', true],
  ['a number without them', '1234567', 'people: 1,234,567', true],
  ['a percentage of a share', '25%', 'share: 0.25', true],
  ['a share of a percentage', '0.25', 'share: 25 %', true],
  ['a number with its unit', '12 cm', 'length: 12', true],
  ['millions', '2.3 million', 'people: 2,345,678', true],
  ['a negative number', '-5', 'difference: -5', true],
  ['digits of an image’s name', '2', 'shown as image_2', false],
  ['a number in words', 'three', 'squares: 3', true],
  ['a number of items, which nobody says', '4', 'widths: [9, 9, 9, 9]', false],
])('%s: %s of %j is %s', async (_, answer, stdout, expected) => {
  expect(await shown(answered(answer, [printed(stdout)]))).toBe(expected)
})

test('a number that nothing shows passes, and the detail says so', async () => {
  expect(await grounded().measure(answered('43', [printed('total: 42')]), noContext)).toEqual({
    passed: true,
    reason: '',
    detail: 'no observation shows the number "43"',
  })
})

test.each<[string, string, string, string | null]>([
  ['a ratio', '2.5', '30 / 12 = 2.5', '30 / 12'],
  ['a percentage of two', '40', '12/30 = 40%', '12 / 30'],
  ['two numbers that are not written out', '18', 'There are 30 pears and 12 apples.', null],
  ['the sum of three', '133', '91 + 12 + 30 = 133', '91 + 12 + 30'],
  ['one number twice', '144', '12 * 12 = 144', '12 * 12'],
  ['a result on the next line', '42', 'The total is 2 * (12 + 9)\nThe total is 42', null],
  ['a mean of all', '21', '(12 + 30)/2 = 21', '( 12 + 30 ) / 2'],
  ['a result of a result', '84', 'There are 12 + 30 = 42. Twice that is 42 * 2 = 84.', '42 * 2'],
  ['units', '42', '12 kg + 30 kg = 42 kg', '12 + 30'],
  ['a price per kilogram', '24', '12 kg at $2/kg: $2/kg * 12 kg = $24.', '2 * 12'],
  ['one less than was counted', '6', 'The 7 rules have 7 - 1 = 6 gaps.', '7 - 1'],
  ['whole things rounded up', '14', '(91 + 5)/7 = 13.7, so 14.', '( 91 + 5 ) / 7'],
  ['operands of which none was observed', '1000', '970 + 30.5 = 1000', null],
  ['an operand that was never observed', '1000', '970 + 30 = 1000', null],
  ['what everybody knows and nobody saw', '1000', '10 * 100 = 1000', null],
  ['a sum that is not true', '43', '12 + 30 = 43', null],
])('an answer reckoned in the last thought: %s', async (_, answer, thought, how) => {
  const { passed, detail } = await grounded().measure(answered(answer, [cost], thought), noContext)
  expect({ passed, detail }).toEqual({
    passed: true,
    detail: how === null ? `no observation shows the number "${answer}"` : `turn 1: computed as ${how}`,
  })
})

test.each<[string, string, string, string, string]>([
  ['a word for a number', 'x is twice y. What is x?', '[4, 6]', 'So x = 2*6 = 12.', '12'],
  ['a number in words', 'Three guests share it.', 'slices: 24', '24 / 3 = 8', '8'],
  ['a longer number in words', 'Each of twenty-five pays it.', 'price: 30', '25 * 30 = 750', '750'],
  ['a dozen', 'She buys two dozen.', 'price: 3', '2 * 12 * 3 = 72', '72'],
  ['a letter for a currency', 'What do both cost?', 'steak\nS13\npizza\nS11', '$13 + $11 = $24', '24'],
  ['a unit glued to it', 'What is the perimeter?', '2yd\n3yd', '2*(2yd + 3yd) = 10yd', '10'],
  ['rounding a difference', 'By how much do they differ?', '46.5%\n53.526', '53.526 - 46.5 = 7.026', '7'],
  ['percent', 'There are 80 guests. How many are that?', 'share: 25%', '25% of 80 is 20.', '20'],
])('%s is reckoned with', async (_, question, stdout, thought, answer) => {
  expect(await shown(answered(answer, [printed(stdout)], thought, { question }))).toBe(true)
})

test.each<[string, string, string]>([
  ['a calculation before anything was seen', 'Twice 21 is 2 * 21 = 42.', 'It is 42.'],
  ['an operand that nobody gave', 'I look.', '30 * 1.4 = 42'],
])('%s shows nothing', async (_, first, last) => {
  const made = answered('42', [pythonTurn({ stdout: 'pears: 30' }, first)], last)
  expect(await shown(made)).toBe(false)
})

const ages = { question: 'Who is older, Ann Lee or Bo Ray?' }
const paris = searchTurn([['Eiffel Tower', 'A tower in Paris, the capital of FRANCE.']])
test.each<[string, string, Partial<Task>, boolean]>([
  ['the words', 'Paris', {}, true],
  ['in another case and with an accent', 'fráncé', {}, true],
  ['other words', 'Rome', {}, false],
  ['a part of a word', 'Par', {}, false],
  ['all the words, apart', 'Paris tower', {}, true],
  ['one of two words', 'Paris Texas', {}, false],
  ['the option behind a letter', 'B', { choices: ['Rome', 'Paris'], answerType: 'choice' }, true],
  ['an option where another was observed', 'A', { choices: ['Rome', 'Paris'], answerType: 'choice' }, true],
  ['an option in a sentence', 'It must be Rome.', { choices: ['Rome', 'Paris'], answerType: 'choice' }, true],
  ['an option that is a number', 'A', { choices: ['12', '30'], answerType: 'choice' }, true],
  ['no option', 'London', { choices: ['Rome', 'Paris'], answerType: 'choice' }, false],
  ['the option behind a letter and its text', 'B ) Paris', { choices: ['Rome', 'Paris'] }, true],
  ['a sentence whose names were seen', 'The tower that they mean stands in Paris.', {}, true],
  ['a sentence whose names were not', 'The tower that they mean stands in Rome.', {}, false],
  [
    'a sentence that begins with a name that was not seen',
    'Rome is where the tower of Paris stands.',
    {},
    false,
  ],
  ['a sentence without a name', 'There is no information about it at all.', {}, false],
  ['a yes with its reason', 'Yes, both towers stand in the capital.', {}, true],
  [
    'words of the question beside what was seen',
    'Paris Fair',
    { question: 'Which Fair was held at the tower?' },
    true,
  ],
  ['a sentence that names only what the question does', 'Ann Lee is older than Bo Ray.', ages, true],
  ['a sentence that names somebody else', 'Cy Fox is older than Bo Ray.', ages, false],
  ['one of options that nothing names', 'left', { choices: ['left', 'right'], answerType: 'choice' }, true],
  ['yes', 'yes', { answerType: 'boolean' }, true],
  ['one of the question’s alternatives', 'Oslo', { question: 'Is it Oslo or Bergen?' }, true],
])('text: %s', async (_, answer, task, expected) => {
  const answerType = 'text' as const
  expect(
    await grounded().measure(answered(answer, [paris], '', { answerType, ...task }), noContext),
  ).toMatchObject({ passed: expected })
})

test('what has no words is there as it stands', async () => {
  expect(await shown(answered('[]', [printed('[]')], '', { answerType: 'text' }))).toBe(true)
  expect(await shown(answered('{}', [printed('[]')], '', { answerType: 'text' }))).toBe(false)
})

test('only what worked and what was found counts: no query, no traceback, no mistake', async () => {
  const asked = searchTurn([['Nothing', 'here']])
  const broken = printed('', { status: 'error', error: { name: 'E', value: 'Oslo', traceback: 'Oslo' } })
  const text = { answerType: 'text' as const }
  expect(await grounded().measure(answered('what it is', [asked], '', text), noContext)).toMatchObject({
    passed: false,
  })
  expect(await grounded().measure(answered('Oslo', [broken], '', text), noContext)).toEqual({
    passed: false,
    reason: 'no_observation',
    detail: 'no call gave anything',
  })
})

test('what a refused call is told is no observation', async () => {
  const refused = {
    ...crop,
    observations: [
      observation({
        data: null,
        mistake: { kind: 'bad_arguments', message: '' },
        parts: [{ type: 'text', text: 'Oslo' }],
      }),
    ],
  }
  expect(
    await grounded().measure(answered('Oslo', [refused], '', { answerType: 'text' }), noContext),
  ).toMatchObject({ reason: 'no_observation' })
})

test('a yes without any observation is not grounded', async () => {
  const yes = { answerType: 'boolean' as const }
  expect(await grounded().measure(answered('yes', [], '', yes), noContext)).toMatchObject({
    reason: 'no_observation',
  })
})

test('a picture that a tool showed may be trusted or not; one that a search found supports nothing', async () => {
  const read = answered('STOP', [crop], '', { answerType: 'text' })
  expect(await grounded().measure(read, cropping)).toMatchObject({
    passed: true,
    detail: 'turn 1: pictured',
  })
  expect(await grounded({ pictures: 'refuse' }).measure(read, cropping)).toMatchObject({
    reason: 'only_pictured',
  })
  const found = structuredClone(paris)
  for (const each of found.observations) each.parts.push({ type: 'image', image: image() })
  expect(
    await grounded().measure(answered('STOP', [found], '', { answerType: 'text' }), cropping),
  ).toMatchObject({
    reason: 'ungrounded',
  })
})

test.each<[string, string, string, boolean]>([
  ['a search was made after it', 'I look that up.', 'So.', false],
  ['it had been read before the search', 'It says STOP. I look that up.', 'So.', true],
  ['the last thought looks at it', 'I look that up.', 'In the crop it says STOP.', true],
])('a picture supports an answer where %s: %s', async (_, asking, last, passed) => {
  const turns = [crop, searchTurn([['Signs', 'They are red.']], asking)]
  expect(
    await grounded().measure(answered('STOP', turns, last, { answerType: 'text' }), cropping),
  ).toMatchObject({ passed })
})

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

test.each<[string, string, string[], string]>([
  ['a constant after a look', '5', ['print(image_1.size)\nprint("stars:", 5)'], 'constant'],
  ['one in as many lines', '2', ['print(image_1.size)\nprint("stars:", 2)'], 'constant'],
  [
    'a constant by name',
    '5',
    ['stars = 5', 'print(image_1.width)\nprint(stars)'],
    'constant: turn 2 prints "5" as it stands in its code',
  ],
  ['nought', '0', ['print("mean:", 251.83501434326172 + image_1.width)\nprint("result:", "0")'], 'constant'],
  ['one in a text', '5', ['print(f"{image_1.width} wide, {5} stars")'], 'constant'],
  ['one out of a table', '5', ['found = {"n": 5}\nprint(image_1.width, found["n"])'], 'constant'],
  ['one that a function returns', '5', ['def f():\n    return 5\nprint(image_1.width, f())'], 'constant'],
  ['one joined to a label', '5', ['n = 5\nprint(image_1.width)\nprint("stars: " + str(n))'], 'constant'],
  ['one in a record', '5', ['print({"size": image_1.size, "stars": 5})'], 'constant'],
  ['one in JSON', '5', ['import json\nprint(json.dumps({"wide": image_1.width, "stars": 5}))'], 'constant'],
  ['one in an old text', '5', ['print("%d wide, %d stars" % (image_1.width, 5))'], 'constant'],
  [
    'one that a function with more to do returns',
    '5',
    ['def solve(im):\n    print(im.size)\n    return 5\n\nprint("stars:", solve(image_1))'],
    'constant',
  ],
  ['one unpacked', '5', ['print(image_1.width, *[5])'], 'constant'],
  ['one in a list', '5', ['print([image_1.width, 5])'], 'constant'],
  ['a sum', '13', ['print(image_1.width + 5, "not 13")'], 'passed'],
  ['the last expression', '5', ['print(image_1.width)\n5'], 'constant'],
  ['a word in a label', 'Oslo', ['print("Oslo has", image_1.width)'], 'constant'],
  ['a decision', 'yes', ['print(image_1.width, "yes")'], 'constant'],
  ['beside a picture of its own', '5', ['print("stars:", 5)\nimage_1.rotate(90)'], 'constant'],
  ['after a picture', '5', ['image_1.rotate(90)', 'print(image_1.width, 5)'], 'passed'],
  ['a measured number that the code also names', '8', ['limit = 8\nprint(image_1.width)'], 'passed'],
  ['what is measured or else', '8', ['print(image_1.width or 8)'], 'passed'],
  [
    'what a function measures',
    '8',
    ['def solve(im):\n    w = im.width\n    return w\n\nprint(solve(image_1))'],
    'passed',
  ],
  ['what is measured, in JSON', '8', ['import json\nprint(json.dumps({"w": image_1.width}))'], 'passed'],
  ['a constant that is measured too', '8', ['print(8, image_1.width)'], 'passed'],
  ['a constant that was found before', '8', ['print(image_1.width)', 'w = 8\nprint(w)'], 'passed'],
  ['a choice', 'red', ['print("red" if image_1.width > 6 else "blue")'], 'passed'],
  ['a branch', 'red', ['if image_1.width > 6:\n    print("red")\nelse:\n    print("blue")'], 'passed'],
  [
    'a loop',
    '5',
    ['for n in range(9):\n    if n * 2 > image_1.width:\n        print(5)\n        break'],
    'passed',
  ],
  ['a calculation', '5', ['print(image_1.width - 3, "of 5")'], 'passed'],
  ['a name bound anew', '8', ['n = 5\nn = image_1.width\nprint(n, "not 8")'], 'passed'],
  ['a list that was filled', '8', ['n = [8]\nn.append(image_1.width)\nprint(n[1])'], 'passed'],
])('constants that code prints: %s', async (_, answer, codes, expected) => {
  const made = await bench.record(codes)
  const task: Partial<Task> = { answerType: /\d/.test(answer) ? 'number' : 'text' }
  const turns = made.turns.slice(0, -1)
  expect(told(await grounded().measure(answered(answer, turns, '', task), bench.context))).toContain(expected)
})

test('a constant that a search gave is no made-up one', async () => {
  const turns = [
    searchTurn([['Norway', 'area: 323,802 sq km']]),
    ...(await bench.record(['print("area", 323802)'])).turns,
  ]
  const task = { answerType: 'number' as const }
  expect(
    await grounded().measure(answered('323802', turns.slice(0, -1), '', task), bench.context),
  ).toMatchObject({
    passed: true,
  })
})
