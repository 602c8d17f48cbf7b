import { afterAll, expect, test } from 'vitest'
import type { Check } from '../../../checks/check.ts'
import { consistencyJudge } from '../../../checks/judges/consistency-judge.ts'
import { judge } from '../../../checks/judges/judge.ts'
import type { WhenOptions } from '../../../checks/judges/when.ts'
import { signals } from '../../../checks/signals.ts'
import { passed } from '../../../filters/passed.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerTurn, pythonTurn, trajectory } from '../../fixtures.ts'
import { runs, says, scripted, tasks, withRun, wordsOf } from '../../pipeline/scripted.ts'
import { smallJail } from '../../small-jail.ts'
import { modelBench } from '../judging.ts'

/** It says nothing that means anything. */
const quiet = trajectory()
/** It quotes a tool with a number that no tool gave. */
const telling = trajectory({
  turns: [pythonTurn(), pythonTurn({}, 'The code printed a width of 812.45 pixels.'), answerTurn('8')],
})

const inWords = (row: Trajectory): Trajectory => ({
  ...row,
  task: { ...row.task, question: 'Which city is marked?', answer: 'New York City', answerType: 'text' },
  outcome: { kind: 'answered', answer: 'the Big Apple' },
})

interface Asking {
  made(options: WhenOptions): Check
  /** What it accepts by. */
  accepts: string
  rows: Record<'quiet' | 'telling', Trajectory>
  /** Without a signal. */
  unasked: object
  /** Questions about a row with one. */
  questions: number
}

const checks: [name: string, asking: Asking][] = [
  [
    'consistencyJudge',
    {
      made: consistencyJudge,
      accepts: 'follows',
      rows: { quiet, telling },
      unasked: { passed: true, detail: 'no signal' },
      questions: 2,
    },
  ],
  [
    'judge',
    {
      made: judge,
      accepts: 'same',
      rows: { quiet: inWords(quiet), telling: inWords(telling) },
      unasked: { passed: false, reason: 'unlike' },
      questions: 1,
    },
  ],
]

test.each(checks)('%s asks about rows with a signal, and about no others', async (_, asking) => {
  const { made, accepts, rows, unasked, questions } = asking
  await using bench = await modelBench(({ verdict }) => verdict(accepts))
  const check = made({ models: [bench.model('a')], when: signals({ only: ['misquoted'] }) })
  expect(await check.measure(rows.quiet, bench.context)).toMatchObject(unasked)
  expect(bench.heard).toHaveLength(0)
  expect(await check.measure(rows.telling, bench.context)).toMatchObject({ passed: true })
  expect(bench.heard).toHaveLength(questions)
})

test.each(checks)('%s asks about a row only for the signals that are named', async (_, asking) => {
  const { made, accepts, rows } = asking
  await using bench = await modelBench(({ verdict }) => verdict(accepts))
  const check = made({ models: [bench.model('a')], when: signals({ only: ['repetition'] }) })
  expect(await check.measure(rows.telling, bench.context)).toMatchObject(asking.unasked)
  expect(bench.heard).toHaveLength(0)
})

test.each(checks)('%s is another check with `when`, and the same as ever without', async (_, { made }) => {
  const models = [scripted(() => ({}), { name: 'judge' })]
  const plain = made({ models })
  const given = [signals(), signals({ only: ['misquoted'] })].map(when => made({ models, when }).options)
  expect(plain.options).not.toHaveProperty('when')
  expect(new Set([plain.options, ...given].map(options => JSON.stringify(options))).size).toBe(3)
  expect(given[0]).toMatchObject({ ...plain.options, when: { name: 'signals', options: {} } })
})

test.each(checks)('%s refuses to go by another check', (_, { made }) => {
  const models = [scripted(() => ({}), { name: 'other' })]
  expect(() => made({ models, when: judge({ models }) })).toThrow(
    /when: judge sees no signals; give signals\(…\)/,
  )
})

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('a run pays for the rows with a signal alone, and keeps the others', async () => {
  const teacher = scripted(({ turns, ...asked }) => {
    if (turns.length === 0) return runs('print(image_1.width)')
    const width = /picture (\d)/.exec(wordsOf({ turns, ...asked }))?.[1] ?? ''
    const said = width === '2' ? 'The code printed a width of 812.45 pixels.' : 'So it is.'
    return { text: `${said} ${says(String(7 + Number(width))).text}` }
  })
  const model = scripted(
    ({ question }) => {
      const text = JSON.stringify(question)
      return { text: /VERDICT \w+: /.exec(text)?.[0] + (text.includes('812.45') ? 'contradicts' : 'follows') }
    },
    { name: 'judge' },
  )
  const check = consistencyJudge({ models: [model], when: signals() })
  const config = { sandbox, teachers: [teacher], tasks: tasks(4), checks: [check], filters: [passed()] }
  await withRun(config, async run => {
    await run.run()
    await run.run()
    expect(await run.fates()).toEqual({
      'width/1': 'kept',
      'width/2': 'passed/consistency_judge_contradicts',
      'width/3': 'kept',
      'width/4': 'kept',
    })
  })
  expect(model.asked).toHaveLength(1)
})
