import { describe, expect, test } from 'vitest'
import { consistency } from '../../checks/consistency.ts'
import type { Task } from '../../schemas/task.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answered, pythonTurn } from '../fixtures.ts'

const ended = (thought: string, answer = '8', task: Partial<Task> = {}) =>
  answered(answer, [pythonTurn()], thought, task)

const measure = (...of: Parameters<typeof ended>) => consistency().measure(ended(...of), noContext)

describe('consistency', () => {
  checkConformance(async use =>
    use({
      check: consistency(),
      context: noContext,
      passing: ended('3 + 5 = 8.'),
      failing: ended('3 + 5 = 9.'),
    }),
  )
})

test.each([
  ['So 3 + 4 = 8.'],
  ['12 * 12 = 124'],
  ['35 * 37 = 1296'],
  ['10 / 4 = 2'],
  ['767 / 13 = 58'],
  ['24% of 200 = 51'],
  ['It is 5,000 - 1,200 = 3,000 km.'],
  ['Adding up: 3 + 4 = **8**.'],
  ['$12 \\times 3 = 37$ is easy.'],
  ['3 plus 4 equals 8.'],
  ['The total is 3 + 4 + 5 = 13.'],
  ['21 / 66 = 0.30'],
  ['So 3 + 4 = 8\n- then more'],
  ['(100,000,000 - 32,000,000) / 20,000,000 = 68,000'],
  ['We get (3 + 4) * 2 = 15.'],
  ['If so, then 3 + 4 = 8.'],
])('%j is untrue', async thought => {
  expect(await measure(thought)).toMatchObject({ reason: 'untrue_equation' })
})

test.each([
  ['So 3 + 4 = 7.'],
  ['There is no solution to the equation 393.4 - 25 = 0.'],
  ['I check whether 3 + 4 = 8.'],
  ['Is 3 + 4 = 8?'],
  ['It is not 3 + 4 = 8.'],
  ['The area is 25 x (2/5) = 10.'],
  ['The area is 5 x 2 + 3 = 13.'],
  ['It halves: λ1/2 = 0.25.'],
  ['5 / 2 = 2 1/2'],
  ['5 / 2 = 2½'],
  ['17 / 5 = 3 remainder 2'],
  ['17 / 5 = 3 R2'],
  ['3 * 4 = 6 x 2'],
  ['206/7 = 29'],
  ['13% of 40 = 5'],
  ['24% of 200 = 48'],
  ['2.5% of 1,000 = 25'],
  ['Modulo 10 we get 6 + 6 = 2.'],
  ['6 + 6 = 2 (mod 10)'],
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
  expect(await measure(thought)).toMatchObject({ passed: true })
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
  ['This confirms that the answer should be 9.', '8', {}, false],
  ['My response is "9".', '8', {}, false],
  ['Therefore, \\(\\text{answer} = \\text{9}\\).', '8', {}, false],
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
  ['The answer is Italian.', 'Italy', text, true],
  ['The answer is the USA.', 'United States of America', text, true],
  ['The answer is the United States of America.', 'USA', text, true],
  ['The answer is Cape Verde.', 'Republic of Cabo Verde', text, true],
  ['The answer is France’s capital.', 'Paris', text, true],
  ['The answer is obvious.', 'Paris', text, true],
  ['The answer has to be 9.', '8', {}, false],
  ['In conclusion: 9.', '8', {}, true],
  ['The answer is A) The Soviet Union.', 'A ) The Soviet Union', text, true],
  ['The answer is (A).', 'A ) red', options, true],
  ['The answer is B) blue.', 'A: red', options, false],
  ['The answer is B) blue.', 'the crimson one', options, true],
])('%j before %j', async (thought, answer, task, passed) => {
  const measured = await measure(thought, answer, task)
  expect(measured).toMatchObject(passed ? { passed } : { passed, reason: 'answer_differs' })
})

test.each([
  ['Define a ⋆ b = (a + b)b. What is 3 ⋆ 5?', 'So 3 * 5 = 40.', true],
  ['The operation $x \\star y$ is given. What is 1 ⋆ 2?', 'We know that 1 * 2 = 3.', true],
  ['Let a @ b denote a + 2b. What is 3 @ 4?', '3 + 4 = 11', true],
  ['What is 3 times 5?', 'So 3 * 5 = 40.', false],
  ['A shop operates two tills. What is a + b?', 'So 3 * 5 = 40.', false],
])('to %j the equation %j may be as it is: %s', async (question, thought, passed) => {
  const row = ended(thought)
  expect(await consistency().measure({ ...row, task: { ...row.task, question } }, noContext)).toMatchObject({
    passed,
  })
})
