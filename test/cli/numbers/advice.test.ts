import { expect, test } from 'vitest'
import { adviser } from '../../../cli/numbers/advice.ts'
import { printStats, statsOf } from '../../../cli/numbers/stats.ts'
import type { ExportRow } from '../../../output/export.ts'
import { counter } from '../../../pipeline/decide/funnel.ts'
import type { Outcome, Trajectory } from '../../../schemas/trajectory.ts'
import { answerTurn, pythonTurn, trajectory } from '../../fixtures.ts'

const keep = { keep: true } as const
const drop = (reason: string, detail = '', undecided = false) =>
  ({ keep: false, stage: 'synthesize', by: 'synthesize', reason, detail, undecided }) as const

const row = (changes: Partial<Trajectory>, verdict: ExportRow['verdict'] = keep): ExportRow => ({
  measured: { trajectory: { ...trajectory(), ...changes }, facts: [] },
  verdict,
})

const stopped = (by: Extract<Outcome, { kind: 'stopped' }>['by']) =>
  row({ outcome: { kind: 'stopped', by } }, drop(`unsolved_${by}`, 'It is 3.\nSurely.'))
const failed = row(
  { turns: [], outcome: { kind: 'failed', at: 'teacher', message: '500' } },
  drop('failed_teacher', '500', true),
)
const untooled = row({ turns: [answerTurn('8')] })
const good = row({ turns: [pythonTurn({}, '8'), answerTurn('8')] })

function adviceOn(rows: ExportRow[]): string[] {
  const [look, funnel] = [adviser(), counter([])]
  for (const each of rows) {
    look.add(each)
    funnel.add(each)
  }
  return look.advice(funnel.funnel())
}

const cases: [string, ExportRow[], RegExp[]][] = [
  ['rows are kept and tools called', [good, untooled], []],
  ['nothing was done', [], []],
  [
    'nobody calls a tool',
    [untooled, untooled],
    [/^teacher \S+: 0 of 2 replies called a tool: the chat template /],
  ],
  ['there was no tool to call', [row({ turns: [answerTurn('8')], tools: [] })], []],
  [
    'most replies have no answer tag',
    [stopped('no_answer'), stopped('no_answer'), good],
    [/^teacher \S+: 2 of 3 rollouts had no answer tag, .* `kindling show \S+`\)$/],
  ],
  ['half of them have one', [stopped('no_answer'), good], []],
  ['most were cut off', [stopped('length')], [/^nothing was kept/, /were cut off: raise limits\.maxTokens/]],
  [
    'all were dropped',
    [stopped('turns'), stopped('turns'), failed],
    [
      /^nothing was kept: 2 of 3 rollouts were dropped by synthesize\/unsolved_turns; such as \S+: It is 3\. Surely\.$/,
      /2 of 2 rollouts used up all turns: raise limits\.turns/,
    ],
  ],
  [
    'all failed',
    [failed],
    [/^nothing was kept: 1 of 1 rollouts were dropped by synthesize\/failed_teacher.*: 500$/],
  ],
]

test.each(cases)('what stands out where %s', (_, rows, lines) => {
  expect(adviceOn(rows)).toEqual(lines.map(line => expect.stringMatching(line)))
})

test('teachers are told apart: one that never calls a tool does not hide behind another', () => {
  const other = { ...untooled.measured.trajectory, teacher: { name: 'other', options: {} } }
  expect(adviceOn([good, row(other)])).toEqual([expect.stringMatching(/^teacher other: 0 of 1 replies/)])
})

test('what stands out is told with the numbers', async () => {
  async function* rows() {
    yield untooled
  }
  const stats = await statsOf(rows())
  expect(printStats(stats)).toContain(`What stands out\n  ${stats.advice[0]}`)
})
