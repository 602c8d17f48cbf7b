import { describe, expect, test } from 'vitest'
import { refusal } from '../../checks/refusal.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, reply, trajectory } from '../fixtures.ts'

const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })
const measure = (text: string) => refusal().measure(saying(text), noContext)

describe('refusal', () => {
  checkConformance(async use =>
    use({
      check: refusal(),
      context: noContext,
      passing: saying('I measure it.'),
      failing: saying('I am unable to view images directly.'),
    }),
  )
})

test.each([
  ['I have no way of viewing images.'],
  ['I am unable to view images directly.'],
  ["I can't see the image you mention."],
  ["I don't have the ability to process images."],
  ['No image was provided.'],
  ['I was not given any image.'],
  ['I have no access to the picture you uploaded.'],
  ['It looks like no image came through.'],
  ['Could you please upload the image?'],
  ['I do not have access to the attached pictures.'],
  ['Please provide the photo.'],
])('%j says that it cannot see images', async text => {
  expect(await measure(text)).toMatchObject({
    reason: 'cannot_see',
    detail: expect.stringMatching(/^turn 1: /),
  })
})

test.each([
  ['I cannot see the details, so I crop.'],
  ['I can’t see the image clearly at this size.'],
  ['I cannot see the image in full, so I resize it.'],
  ['I am sorry, but I cannot make out the third digit yet, so I enlarge that corner.'],
  ['I have access to the image.'],
  ['`I cannot see images` is printed on it.'],
])('%j is none', async text => {
  expect(await measure(text)).toMatchObject({ passed: true })
})

test('after a call that failed, not to have an image is no refusal', async () => {
  const error = { name: 'FileNotFoundError', value: '', traceback: '' }
  const turns: Turn[] = [
    pythonTurn({ status: 'error', error, stdout: '' }),
    pythonTurn({}, 'No image was provided under that name; image_1 is there.'),
    answerTurn('8'),
  ]
  expect(await refusal().measure(trajectory({ turns }), noContext)).toMatchObject({ passed: true })
})

test.each([
  'cannot be determined',
  'It can’t be determined',
  'Unknown',
  'N/A',
  "I don't know",
  'Impossible to determine',
  'It is not possible to answer this.',
  'The angle cannot be calculated from what is given.',
  'We are unable to identify the person.',
  'Not enough information',
  'I cannot provide a definitive answer.',
  'Without the survey I can’t provide the exact percentage.',
])('%j is no answer, unless it is the task’s', async answer => {
  const base = trajectory({ turns: [answerTurn(answer)], outcome: { kind: 'answered', answer } })
  expect(await refusal().measure(base, noContext)).toMatchObject({ reason: 'evasive_answer' })
  const task = { ...base.task, answerType: 'text' as const, answer }
  expect(await refusal().measure({ ...base, task }, noContext)).toMatchObject({ passed: true })
})

test.each([
  'It is impossible',
  'Not red',
  'A nail that could not rust',
  'unknown'.repeat(2),
  'We are unable to provide a waiver for basic fares.',
  'A cell that cannot provide enough current',
])('%j is an answer', async answer => {
  const made = trajectory({ turns: [answerTurn(answer)], outcome: { kind: 'answered', answer } })
  expect(await refusal().measure(made, noContext)).toMatchObject({ passed: true })
})

test('that there is none is an answer where the options offer it, right or wrong', async () => {
  const base = trajectory({ outcome: { kind: 'answered', answer: 'NOT ENOUGH INFO' } })
  const choices = ['SUPPORTS', 'REFUTES', 'NOT ENOUGH INFO']
  const task = { ...base.task, choices, answerType: 'choice' as const, answer: 'REFUTES' }
  expect(await refusal().measure({ ...base, task }, noContext)).toMatchObject({ passed: true })
})

test('a reply that the provider ended for its content is one', async () => {
  const turns: Turn[] = [{ reply: reply({ stop: 'content_filter' }), observations: [] }]
  expect(await refusal().measure(trajectory({ turns }), noContext)).toMatchObject({
    reason: 'refused',
    detail: 'turn 1 ended by content_filter',
  })
})
