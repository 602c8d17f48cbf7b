import { describe, expect, test } from 'vitest'
import { codeErrors } from '../../checks/code-errors.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { noContext, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, observation, pythonTurn, reply, trajectory } from '../fixtures.ts'

const ok = pythonTurn()
const broken = pythonTurn({ status: 'error', error: { name: 'NameError', value: 'x\nmore', traceback: '' } })
const slow = pythonTurn({ status: 'timeout' })
const run = (...turns: Turn[]) => trajectory({ turns: [...turns, answerTurn('8')] })
const together = (...turns: Turn[]): Turn => ({
  reply: reply({ calls: turns.flatMap(turn => turn.reply.calls), stop: 'calls' }),
  observations: turns.flatMap(turn => turn.observations),
})
const malformed: Turn = {
  reply: broken.reply,
  observations: [observation({ data: null, mistake: { kind: 'bad_arguments', message: 'not JSON' } })],
}

describe('codeErrors', () => {
  checkConformance(async use =>
    use({ check: codeErrors(), context: noContext, passing: run(ok), failing: run(broken) }),
  )
})

test.each<[string, Turn[], Parameters<typeof codeErrors>[0], string]>([
  ['no error', [ok], {}, 'passed: none'],
  ['no code', [], {}, 'passed: none'],
  ['an error at the end', [ok, broken], {}, 'unrecovered: cell 2 (turn 2): NameError: x'],
  ['an error and then none', [broken, ok], {}, 'passed: recovered: cell 1 (turn 1): NameError: x'],
  ['the same, refused', [broken, ok], { recovered: 'refuse' }, 'recovered'],
  ['no error, refused', [ok], { recovered: 'refuse' }, 'passed: none'],
  ['one recovered and one not', [broken, ok, broken], {}, 'unrecovered: cell 3'],
  ['a time-out', [slow], {}, 'unrecovered: cell 1 (turn 1): timeout'],
  ['a time-out got over', [slow, ok], {}, 'passed'],
  [
    'a good cell of the same reply, which is no answer to the error',
    [together(broken, ok)],
    {},
    'unrecovered',
  ],
  ['a call that never ran', [malformed], {}, 'passed: none'],
])('%s', async (_, turns, options, expected) => {
  expect(told(await codeErrors(options).measure(run(...turns), noContext))).toContain(expected)
})
