import { describe, expect, test } from 'vitest'
import { grounded } from '../../filters/grounded.ts'
import type { Task } from '../../schemas/task.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, image, observation, pythonTurn, reply, searchTurn, trajectory } from '../fixtures.ts'

const answered = (answer: string, turns: Turn[], thought = '', task: Partial<Task> = {}) => {
  const base = trajectory()
  return trajectory({
    task: { ...base.task, ...task },
    turns: [
      ...turns,
      { ...answerTurn(answer), reply: reply({ text: `${thought}\n<answer>${answer}</answer>` }) },
    ],
    outcome: { kind: 'answered', answer },
  })
}

const printed = (stdout: string, changes: Parameters<typeof pythonTurn>[0] = {}) =>
  pythonTurn({ stdout, ...changes })
const crop: Turn = {
  reply: reply({ calls: [{ id: 'call_1', name: 'python', arguments: '{}' }] }),
  observations: [observation({ data: null, parts: [{ type: 'image', image: image() }] })],
}

const cost = printed('apples: 12\npears: 30\nplums: 7\nfigs: 2\nnuts: 91\ndates: 5\nkiwis: 64')

describe('grounded', () => {
  checkConformance(async use =>
    use({
      check: grounded(),
      context: noContext,
      passing: answered('42', [printed('total: 42')]),
      failing: answered('43', [printed('total: 42')]),
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
  ['a number of items', '4', 'widths: [9, 9, 9, 9]', true],
])('%s: %s of %j is %s', async (_, answer, stdout, expected) => {
  expect(await grounded().measure(answered(answer, [printed(stdout)]), noContext)).toMatchObject({
    passed: expected,
  })
})

test.each<[string, string, string, object]>([
  [
    'a difference of two that the thought names',
    '18',
    'There are 30 pears and 12 apples.',
    { detail: 'turn 1: computed as 30 - 12' },
  ],
  ['a sum of all that it names', '133', 'Nuts 91, apples 12 and pears 30.', { passed: true }],
  ['a ratio', '2.5', '30 to 12.', { passed: true }],
  ['a percentage of two', '40', '12 of 30.', { passed: true }],
  ['one less than was counted', '6', 'The 7 rules have gaps.', { passed: true }],
  [
    'a number that nothing gives',
    '1000',
    'There are 30 pears and 12 apples.',
    { passed: false, reason: 'ungrounded' },
  ],
  ['a small number that only rounding gives', '3', '30 of 12.', { passed: false }],
  ['an operand that was never observed', '1000', '970 and 30.', { passed: false }],
  ['a difference whose numbers nobody names', '18', 'I subtract.', { passed: false }],
])('an answer computed in the last thought: %s', async (_, answer, thought, expected) => {
  expect(await grounded().measure(answered(answer, [cost], thought), noContext)).toMatchObject(expected)
})

test('few observed numbers need not be named, and the question’s count too', async () => {
  const task = { question: 'How much more than 100 is it?' }
  expect(await grounded().measure(answered('42', [printed('142')], 'So.', task), noContext)).toMatchObject({
    passed: true,
    detail: 'turn 1: computed as 142 - 100',
  })
})

const paris = searchTurn([['Eiffel Tower', 'A tower in Paris, the capital of FRANCE.']])
test.each<[string, string, Partial<Task>, boolean]>([
  ['the words', 'Paris', {}, true],
  ['in another case and with an accent', 'fráncé', {}, true],
  ['other words', 'Rome', {}, false],
  ['a part of a word', 'Par', {}, false],
  ['all the words, apart', 'Paris tower', {}, true],
  ['one of two words', 'Paris Texas', {}, false],
  ['the option behind a letter', 'B', { choices: ['Rome', 'Paris'], answerType: 'choice' }, true],
  ['an option where another was observed', 'A', { choices: ['Rome', 'Paris'], answerType: 'choice' }, false],
  ['one of options that nothing names', 'left', { choices: ['left', 'right'], answerType: 'choice' }, true],
  ['yes', 'yes', { answerType: 'boolean' }, true],
  ['one of the question’s alternatives', 'Oslo', { question: 'Is it Oslo or Bergen?' }, true],
])('text: %s', async (_, answer, task, expected) => {
  const answerType = 'text' as const
  expect(
    await grounded().measure(answered(answer, [paris], '', { answerType, ...task }), noContext),
  ).toMatchObject({ passed: expected })
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
  expect(await grounded().measure(read, noContext)).toMatchObject({
    passed: true,
    detail: 'turn 1: pictured',
  })
  expect(await grounded({ pictures: 'refuse' }).measure(read, noContext)).toMatchObject({
    reason: 'only_pictured',
  })
  const found = structuredClone(paris)
  for (const each of found.observations) each.parts.push({ type: 'image', image: image() })
  expect(
    await grounded().measure(answered('STOP', [found], '', { answerType: 'text' }), noContext),
  ).toMatchObject({
    reason: 'ungrounded',
  })
})
