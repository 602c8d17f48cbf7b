import { expect, test } from 'vitest'
import { pageOf } from '../../cli/html-page.ts'
import { printStats, statsOf } from '../../cli/numbers/stats.ts'
import { printTrajectory } from '../../cli/show.ts'
import type { ExportRow } from '../../output/export.ts'
import { couldNotTell } from '../../schemas/measurement.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { answerTurn, droppedBy, image, observation, png, pythonTurn, trajectory } from '../fixtures.ts'

const row = (
  changes: Partial<Trajectory> = {},
  verdict: ExportRow['verdict'] = { keep: true },
): ExportRow => ({
  measured: {
    trajectory: trajectory(changes),
    facts: [
      { check: 'answer', version: 1, passed: verdict.keep, reason: verdict.keep ? '' : 'other', detail: '' },
    ],
  },
  verdict,
})

async function* each(rows: ExportRow[]) {
  yield* rows
}

const hostile = 'x\u001b[2J\u009b31m\u0007\r\u0000y'

/** Everything a model, a tool or a provider can write, written by one that means harm. */
const hostileRow = (): ExportRow => {
  const turn = pythonTurn({}, hostile)
  const [call = { id: '', name: '', arguments: '' }] = turn.reply.calls
  const calls = [{ ...call, name: hostile, arguments: hostile }]
  const seen = observation({
    mistake: { kind: 'tool_error', message: hostile },
    parts: [{ type: 'text', text: hostile }],
  })
  const task = { ...trajectory().task, category: hostile, answer: hostile }
  const changes = {
    task,
    turns: [{ reply: { ...turn.reply, calls }, observations: [seen] }, answerTurn(hostile)],
  }
  return row(
    { ...changes, outcome: { kind: 'failed', at: 'teacher', message: hostile } },
    droppedBy('synthesize', 'failed_teacher', { detail: hostile, undecided: true }),
  )
}

test('a trajectory is shown in order, with code as code and images by their numbers', () => {
  const picture = { type: 'image' as const, image: image('b') }
  const turn = pythonTurn({ code: 'a = 1\nprint(a)' })
  const shown = {
    ...turn,
    observations: [observation({ parts: [{ type: 'text', text: 'stdout' }, picture] })],
  }
  const text = printTrajectory(row({ turns: [shown, answerTurn('8')] }), false)
  const order = ['question', 'image_1: 8x6', 'turn 1: thought', 'call python', 'a = 1\nprint(a)', 'result']
  const rest = ['image_2: 8x6', 'turn 2: answer', 'answered: 8   (true answer: 8)', 'pass  answer', 'kept']
  const places = [...order, ...rest].map(piece => text.indexOf(piece))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places[0]).toBeGreaterThan(0)
  expect(text).not.toContain('\u001b')
})

test('colours are for who wants them', () => {
  expect(printTrajectory(row(), true)).toContain('\u001b[32mkept\u001b[39m')
})

test('what was dropped says by whom and why', () => {
  const text = printTrajectory(row({}, droppedBy('passed', 'other', { by: 'answer', detail: '9' })), false)
  expect(text).toContain('dropped by passed: answer_other 9')
  expect(text).toContain('fail  answer  other')
})

const pageWith = async (rows: ExportRow[]) =>
  (await Array.fromAsync(pageOf(rows, async () => png()))).join('')

const unknown: ExportRow = {
  measured: {
    trajectory: trajectory(),
    facts: [
      {
        check: 'code_errors',
        version: 2,
        ...couldNotTell('no_record', 'python (turn 1) left no record'),
      },
    ],
  },
  verdict: droppedBy('passed', 'no_record', { by: 'code_errors' }),
}

test('what could not be told is neither passed nor failed, in a trajectory, on its page and in numbers', async () => {
  const said = 'could not tell  code_errors  no_record: python (turn 1) left no record'
  expect(printTrajectory(unknown, false)).toContain(said)
  expect(printTrajectory(unknown, true)).toContain('\u001b[33mcould not tell\u001b[39m')
  expect(await pageWith([unknown])).toContain(
    '<li class="unknown">? could not tell: code_errors no_record: python (turn 1) left no record</li>',
  )
  const stats = await statsOf(each([unknown, row(), row({}, droppedBy('passed', 'other'))]))
  expect(stats.funnel.checks).toEqual([
    { check: 'code_errors', passed: 0, failed: 0, could_not_tell: 1 },
    { check: 'answer', passed: 1, failed: 1, could_not_tell: 0 },
  ])
  expect(printStats(stats)).toContain('\n  code_errors  0 passed  0 failed  1 could not tell\n')
})

test('no text of others commands the terminal, in a trajectory or in numbers', async () => {
  const text = printTrajectory(hostileRow(), false)
  expect(text).not.toMatch(/[^\P{Cc}\n]/u)
  expect(text.match(/x\\x1b\[2J\\x9b31m\\x07\\x0d\\x00y/g)?.length).toBeGreaterThanOrEqual(6)
  expect(printStats(await statsOf(each([hostileRow()])))).not.toMatch(/[^\P{Cc}\n]/u)
})

test('rows stand on one page, each once and in order, and what they say is no markup', async () => {
  const rows = [row({ key: 'a'.repeat(64) }), row({ key: 'b'.repeat(64) }), hostileRow()]
  const page = await pageWith(rows)
  const keys = [...page.matchAll(/<article>.*?, ([0-9a-f]{12})<\/small>/gs)].map(([, key]) => key)
  expect(keys).toEqual(rows.map(({ measured }) => measured.trajectory.key.slice(0, 12)))
  expect(page.match(/<!doctype html>/g)).toHaveLength(1)
  expect(page.trim().endsWith('</html>')).toBe(true)
})

test('numbers are a table whose columns line up', async () => {
  const drop = droppedBy('passed', 'other', { by: 'answer' })
  const text = printStats(await statsOf(each([row(), row(), row({}, drop)])))
  expect(text).toContain('\nFunnel\n  rollouts  3\n  answered  3\n  kept      2\n')
  expect(text).toContain('\n  perception  2 kept  of 3\n')
  expect(text).toContain('\n  passed/answer_other  1  33.3 %  no price  test/1\n')
  expect(text).toContain('\n  python  3 calls  0 mistakes\n')
  expect(text).not.toContain('Planted')
})

test('what a program planted is counted with what became of it', async () => {
  const planted = (fault: string) => {
    const turn = answerTurn('8')
    const raw = { role: 'assistant', kindling: { program: 'p', planted: fault } }
    return { turns: [pythonTurn(), { ...turn, reply: { ...turn.reply, raw } }] }
  }
  const drop = droppedBy('passed', 'other', { by: 'answer' })
  const rows = [
    row(planted('wrong_answer'), drop),
    row(planted('wrong_answer')),
    row(planted('nothing known')),
  ]
  const stats = await statsOf(each(rows))
  expect(stats.planted).toEqual([
    { fault: 'wrong_answer', count: 2, became: { 'passed/answer_other': 1, kept: 1 } },
  ])
  expect(printStats(stats)).toMatch(
    /Planted faults.*\n {2}wrong_answer {2}2 {2}passed\/answer_other 1, kept 1$/,
  )
})

test('what selectors had to say is shown', async () => {
  const note = {
    by: 'decontaminated',
    about: 'exam',
    counts: { compared: 240, removed: 2 },
    examples: ['flags/1', 'flags/2'],
  }
  expect(printStats(await statsOf(each([]), { notes: [note] }))).toMatch(
    /What selectors say\n {2}decontaminated +exam +compared 240, removed 2 +flags\/1 flags\/2/,
  )
})
