import { expect, test } from 'vitest'
import type { CheckContext } from '../../../checks/check.ts'
import { codeErrors } from '../../../checks/code-errors.ts'
import { byRecord, recordedKinds, unrecorded } from '../../../checks/reading/by-record.ts'
import { couldNotTell, fail, type Measurement, pass } from '../../../schemas/measurement.ts'
import type { Mistake, Turn } from '../../../schemas/trajectory.ts'
import { python } from '../../../tools/python.ts'
import { defineTool } from '../../../tools/tool.ts'
import { noContext } from '../../check-context.ts'
import { answerTurn, pythonTurn, trajectory } from '../../fixtures.ts'

const other = defineTool({ ...python(), name: 'other', kind: 'other' })
const search = defineTool({ ...python(), name: 'search', kind: 'text_search' })
const context: CheckContext = Object.create(noContext, { tools: { value: [python(), other, search] } })

/** A call of a tool by name of which no data are there. */
function bare(name: string, kind?: Mistake['kind']): Turn {
  const { reply, observations } = pythonTurn()
  const mistake = kind ? { kind, message: 'no' } : null
  return {
    reply: { ...reply, calls: reply.calls.map(call => ({ ...call, name })) },
    observations: observations.map(seen => ({ ...seen, data: null, mistake })),
  }
}
const row = (...turns: Turn[]) => trajectory({ turns: [...turns, answerTurn('8')] })

test.each<[string, Turn, boolean]>([
  ['code', bare('python'), true],
  ['code that failed', bare('python', 'code_error'), true],
  ['code that never ran', bare('python', 'bad_arguments'), false],
  ['code whose tool refused it', bare('python', 'tool_error'), false],
  ['a search', bare('search'), true],
  ['a tool that need not leave any', bare('other'), false],
  ['a tool that is not known any more', bare('gone'), true],
  ['a tool that was never there', bare('made_up', 'unknown_tool'), false],
])('the record of %s is missing or not', (_, turn, missing) => {
  const found = unrecorded(row(pythonTurn(), turn), context, recordedKinds)
  const name = turn.reply.calls[0]?.name
  expect(found).toEqual(missing ? couldNotTell('no_record', `${name} (turn 2) left no record`) : undefined)
})

test('who needs the record of code alone misses no other', () => {
  expect(unrecorded(row(bare('search')), context, ['code'])).toBeUndefined()
  expect(unrecorded(row(bare('python')), context, ['code'])).toBeDefined()
})

test('tools are looked at only where data are missing', () => {
  expect(unrecorded(row(pythonTurn()), noContext, recordedKinds)).toBeUndefined()
})

test('what was found to be wrong stands, and no pass does', async () => {
  const measured = (found: Measurement) => byRecord(['code'], async () => found)(row(bare('python')), context)
  expect(await measured(fail('wrong', 'so'))).toEqual(fail('wrong', 'so'))
  expect(await measured(pass())).toMatchObject({ couldNotTell: true, reason: 'no_record' })
})

const broken = pythonTurn({ status: 'error', error: { name: 'E', value: '', traceback: '' } })

test.each<[string, Turn[], string]>([
  ['may have got over an error before it', [broken, bare('python')], 'no_record'],
  ['gets over none behind it', [bare('python'), broken], 'unrecovered'],
  ['may be an error itself', [broken, bare('python'), pythonTurn()], 'no_record'],
])('a cell that is missing %s', async (_, turns, reason) => {
  expect(await codeErrors().measure(row(...turns), context)).toMatchObject({ passed: false, reason })
})

test('a refused error is one, whatever else is missing', async () => {
  const refusing = codeErrors({ recovered: 'refuse' })
  expect(await refusing.measure(row(broken, bare('python'), pythonTurn()), context)).toMatchObject({
    reason: 'recovered',
  })
})
