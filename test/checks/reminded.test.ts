import { afterAll, expect, test } from 'vitest'
import { bypass } from '../../checks/bypass.ts'
import type { Check, Measurement } from '../../checks/check.ts'
import { codeErrors } from '../../checks/code-errors.ts'
import { consistency } from '../../checks/consistency.ts'
import { format } from '../../checks/format.ts'
import { grounded } from '../../checks/grounded.ts'
import { inventedObservation } from '../../checks/invented-observation.ts'
import { reexecutes } from '../../checks/reexecutes.ts'
import { refusal } from '../../checks/refusal.ts'
import { repeatedCall } from '../../checks/repeated-call.ts'
import { schema } from '../../checks/schema.ts'
import { signals } from '../../checks/signals.ts'
import { thought } from '../../checks/thought.ts'
import { toolsUsed } from '../../checks/tools-used.ts'
import { truncated } from '../../checks/truncated.ts'
import { openCheckBench } from '../check-context.ts'
import { answerTurn, openTurn, pythonTurn, silentTurn } from '../fixtures.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

const checks: Check[] = [
  ...[schema(), format({ maxTokens: null }), reexecutes(), codeErrors(), thought(), grounded(), bypass()],
  ...[consistency(), inventedObservation(), repeatedCall(), refusal(), truncated(), toolsUsed(), signals()],
]

const plain = await bench.record(['print(image_1.size)'])
const [called = pythonTurn()] = plain.turns
const turns = [silentTurn(), silentTurn(), called, openTurn(), answerTurn('8')]

/** The turns that count have other numbers. */
const unplaced = ({ detail, ...found }: Measurement) => ({
  ...found,
  detail: detail.replace(/turn \d+/, 'turn'),
})

test.each(checks.map(check => [check.name, check] as const))(
  '%s measures a row whose teacher was reminded as if it had not been',
  async (_, check) => {
    const measured = await check.measure({ ...plain, turns }, bench.context)
    expect(unplaced(measured)).toEqual(unplaced(await check.measure(plain, bench.context)))
    expect(measured).toMatchObject({ passed: true })
  },
)

test('whoever is reminded may say the same again', async () => {
  const text = 'The picture is eight pixels wide, which is what was asked for here.'
  const open = openTurn()
  const [last = answerTurn('8')] = plain.turns.slice(-1)
  const turns = [
    called,
    { ...open, reply: { ...open.reply, text } },
    { ...last, reply: { ...last.reply, text: `${text}\n<answer>8</answer>` } },
  ]
  const only = { only: ['repeated_thought' as const] }
  expect(await signals(only).measure({ ...plain, turns }, bench.context)).toMatchObject({ detail: '' })
})

test('calls that were not made are no observation', async () => {
  const unmade = { ...plain, turns: [silentTurn(), silentTurn(), answerTurn('8')] }
  expect(await grounded().measure(unmade, bench.context)).toMatchObject({ reason: 'no_observation' })
  expect(await toolsUsed().measure(unmade, bench.context)).toMatchObject({ reason: 'no_tool' })
  expect(await thought().measure(unmade, bench.context)).toMatchObject({ detail: 'none' })
})
