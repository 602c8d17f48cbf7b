import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { AnswerKey } from '../../../answers/compare/key.ts'
import { isRight } from '../../../answers/compare.ts'
import { exportedRows } from '../../../rollouts/hf.ts'
import type { Fact, Trajectory } from '../../../schemas/trajectory.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { pairsOf } from '../../checks/answer-pairs/trap.ts'
import { keyOf, traps } from '../../checks/answer-pairs/traps.ts'
import { temporaryFolder } from '../../fixtures.ts'

const root = join(import.meta.dirname, '../../..')
const rewardFile = join(root, 'output/targets/reward.py')

interface Row {
  solution: string
  ground_truth: string
  answer_type: string
  question: string
  choices: readonly string[] | null
  tolerance: number | null
}

const rowOf = ({ answer, answerType, question, choices, tolerance }: AnswerKey, solution: string): Row => ({
  solution,
  ground_truth: answer,
  answer_type: answerType,
  question,
  choices,
  tolerance,
})

interface Rewards {
  scores: number[]
  forked: number[]
  openrlhf: [number[], { rewards: number; scores: number }]
  trl: [number[], number[]]
  unjudged: string
  killed: string
  after: number
}

async function rewards(rows: readonly Row[], command: string): Promise<Rewards> {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'rows.json')
  await writeFile(file, JSON.stringify(rows))
  const script = join(root, 'test/readers/rewards.py')
  const env = { PATH: process.env.PATH, KINDLING: command, PYTHONDONTWRITEBYTECODE: '1' }
  const { stdout } = await promisify(execFile)('python3', [script, rewardFile, file], { env })
  return JSON.parse(stdout)
}

const kindling = `${process.execPath} ${join(root, 'cli/main.ts')}`

/** A rollout as verl hands it on: without control tokens, roles on lines of their own. */
const decoded = ({ turns }: Trajectory): string =>
  turns
    .map(({ reply, observations }) => {
      const calls = reply.calls.map(call => `<tool_call>\n${call.arguments}\n</tool_call>`)
      const seen = observations.flatMap(({ parts }) =>
        parts.map(part => (part.type === 'text' ? part.text : '')),
      )
      const result = `\nuser\n<tool_response>\n<answer>${seen.join('\n')}</answer>\n</tool_response>`
      return [reply.text, ...calls, seen.length > 0 ? result : ''].join('\n')
    })
    .join('\nassistant\n')

/** The rows of a run, kept and dropped, that end in an answer, and whether its check `answer` passed them. */
async function judgedBefore(): Promise<{ row: Row; passed: boolean }[]> {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const found: { row: Row; passed: boolean }[] = []
  for (const name of ['hf', 'rejected'])
    for await (const row of exportedRows(join(root, 'test/old-runs/c658440/old/export', name), store)) {
      if ('problem' in row) throw new Error(row.problem)
      const { trajectory, facts } = row
      const fact = facts.find(({ check }: Fact) => check === 'answer')
      if (trajectory.outcome.kind === 'answered' && fact)
        found.push({ row: rowOf(trajectory.task, decoded(trajectory)), passed: fact.passed })
    }
  return found
}

test('a reward is what the check `answer` said, whichever trainer asks, from threads and from forked processes', async () => {
  const run = await judgedBefore()
  expect(new Set(run.map(({ passed }) => passed)).size).toBe(2)
  const tables = traps.flatMap(trap =>
    pairsOf([...trap.right, ...trap.wrong]).map(([given, answer]) => {
      const key = keyOf(trap, answer)
      return { row: rowOf(key, `So it is.\n<answer>${given}</answer>`), passed: isRight(given, key) }
    }),
  )
  const all = [...run, ...tables]
  const expected = all.map(({ passed }) => Number(passed))
  const given = await rewards(
    all.map(({ row }) => row),
    kindling,
  )

  expect(all.filter((_, index) => given.scores[index] !== expected[index])).toEqual([])
  expect(given.forked).toEqual(expected.slice(0, 10))
  expect(given.openrlhf).toEqual([expected, { rewards: expected[0], scores: expected[0], extra_logs: {} }])
  expect(given.trl).toEqual([expected, expected.map(() => 0)])
  expect(given.unjudged).toMatch(/^no reward: line \d+: answer_type is "nmber"/)
  expect(given.killed).toMatch(/reward --stdin` has ended or gave no answer/)
  expect(given.after).toBe(expected[0])
})

test.each([
  ['is not there', 'no-such-kindling', /put kindling on the PATH or set KINDLING/],
  ['says something else', 'echo', /has ended or gave no answer/],
])('a command that %s is nobody’s wrong answer', async (_, command, says) => {
  await expect(rewards([rowOf(keyOf({ type: 'number' } as never, '4'), '4')], command)).rejects.toThrow(says)
})
