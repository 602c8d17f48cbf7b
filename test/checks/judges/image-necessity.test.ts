import { describe, expect, test } from 'vitest'
import { imageNecessity } from '../../../checks/judges/image-necessity.ts'
import { checkConformance } from '../../conformance/check.ts'
import { trajectory } from '../../fixtures.ts'
import { type Heard, modelBench, type Say } from '../judging.ts'

const says = (answer: string) => `It is so.\n<answer>${answer}</answer>`
const blind = ({ system }: Heard) => system.includes('is not shown to you')

describe('image_necessity', () => {
  const say: Say = heard => says(heard.text.includes('sky') ? 'blue' : '9')
  checkConformance(async use => {
    await using bench = await modelBench(say)
    const check = imageNecessity({ student: bench.model('student') })
    const base = trajectory()
    const easy = { question: 'Which colour has the sky?', answer: 'blue', answerType: 'text' as const }
    const failing = { ...base, task: { ...base.task, ...easy } }
    await use({ check, context: bench.context, passing: base, failing })
  })
})

const options = ['8', '9', '10', '11']

/** Of four tries so many are right. */
test.each<[string, number, object, object | undefined, boolean]>([
  ['nobody guesses a number', 0, {}, undefined, true],
  ['a number that is right once was given away', 1, {}, undefined, false],
  [
    'one of four options is guessed twice in four tries',
    2,
    { choices: options, answerType: 'choice' },
    undefined,
    true,
  ],
  ['one of four options, three times', 3, { choices: options, answerType: 'choice' }, undefined, false],
  ['yes or no, three times', 3, { answer: 'yes', answerType: 'boolean' }, undefined, true],
  ['yes or no, four times', 4, { answer: 'yes', answerType: 'boolean' }, undefined, false],
  ['as often as is allowed', 1, {}, { most: 1 }, true],
  ['more often than is allowed', 2, { answer: 'yes', answerType: 'boolean' }, { most: 1 }, false],
])('%s', async (_, right, task, options, passes) => {
  const base = trajectory()
  const row = { ...base, task: { ...base.task, ...task } }
  await using bench = await modelBench((heard, number) => {
    expect(blind(heard)).toBe(true)
    return says(number <= right ? row.task.answer : 'none of it')
  })
  const measured = await imageNecessity({ student: bench.model('student'), ...options }).measure(
    row,
    bench.context,
  )
  expect(measured).toMatchObject({ passed: passes, data: { k: 4, right } })
  expect(bench.heard.map(({ images, tools }) => [images, tools])).toEqual(Array(4).fill([0, []]))
})

test('an answer in other words that judges take for right counts as known without the image', async () => {
  const base = trajectory()
  const city = { question: 'Which city?', answer: 'New York City', answerType: 'text' as const }
  const row = { ...base, task: { ...base.task, ...city } }
  await using bench = await modelBench(({ model, verdict }) =>
    model === 'judge' ? verdict('same') : says('the Big Apple'),
  )
  const student = bench.model('student')
  const judged = imageNecessity({ student, judges: { models: [bench.model('judge')] } })
  expect(await judged.measure(row, bench.context)).toMatchObject({ reason: 'solvable_without' })
  expect(await imageNecessity({ student }).measure(row, bench.context)).toMatchObject({ passed: true })
  expect(bench.heard.filter(({ model }) => model === 'judge')).toHaveLength(1)
})

test('a wrong number of tries is refused in one line', () => {
  const student = { name: 'never', options: {}, samples: 1, ask: () => Promise.reject(new Error()) }
  expect(() => imageNecessity({ student, most: -1 })).toThrow(
    /^imageNecessity: most is -1; give a whole number/,
  )
})
