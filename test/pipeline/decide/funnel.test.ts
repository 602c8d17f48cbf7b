import { expect, test } from 'vitest'
import type { Decision } from '../../../output/export.ts'
import { counter } from '../../../pipeline/decide/funnel.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerTurn, droppedBy, observation, pythonTurn, reply, trajectory } from '../../fixtures.ts'

const dropped = (reason: string): Decision => droppedBy('passed', reason)

function funnelOf(rows: [Partial<Trajectory>, Decision, category?: string][]) {
  const counted = counter([])
  for (const [index, [changes, verdict, category = 'perception']] of rows.entries()) {
    const base = trajectory(changes)
    const task = { ...base.task, id: `task/${index}`, category }
    counted.add({ measured: { trajectory: { ...base, task }, facts: [] }, verdict })
  }
  return counted.funnel()
}

test('nothing gives noughts', () => {
  expect(funnelOf([])).toEqual({
    rollouts: 0,
    answered: 0,
    kept: 0,
    keptUsd: 0,
    stages: [],
    rescued: [],
    turns: 0,
    usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
    categories: {},
    checks: [],
    tools: {},
    removed: [],
    dropped: [],
  })
})

test('rollouts are counted by fate, category and reason, the most frequent reason first with three examples', () => {
  const stopped: Partial<Trajectory> = { outcome: { kind: 'stopped', by: 'turns' } }
  const funnel = funnelOf([
    [{}, { keep: true }],
    [{}, { keep: true }, 'search'],
    [stopped, dropped('rare')],
    ...Array.from({ length: 5 }, (): [object, Decision] => [{}, dropped('frequent')]),
  ])
  expect(funnel).toMatchObject({ rollouts: 8, answered: 7, kept: 2, turns: 16 })
  expect(Object.entries(funnel.categories)).toEqual([
    ['perception', { rollouts: 7, kept: 1 }],
    ['search', { rollouts: 1, kept: 1 }],
  ])
  expect(funnel.dropped).toEqual([
    { stage: 'passed', reason: 'frequent', count: 5, usd: null, examples: ['task/3', 'task/4', 'task/5'] },
    { stage: 'passed', reason: 'rare', count: 1, usd: null, examples: ['task/2'] },
  ])
})

test('a stage may have any name', () => {
  const funnel = funnelOf([[{}, droppedBy('mine/own', 'a/b')]])
  expect(funnel.dropped).toMatchObject([{ stage: 'mine/own', reason: 'a/b' }])
})

test('calls, mistakes and tokens are summed; made-up tool names are counted together', () => {
  const unknown = ['a', 'b'].map((name, index) => ({
    call: { id: `u${index}`, name, arguments: '{}' },
    seen: observation({ mistake: { kind: 'unknown_tool', message: 'no such tool' }, data: null }),
  }))
  const guess = {
    reply: reply({
      stop: 'calls',
      calls: unknown.map(({ call }) => call),
      usage: { input: 1, output: 2, cached: 3, reasoning: 4 },
    }),
    observations: unknown.map(({ seen }) => seen),
  }
  const failing = pythonTurn({ status: 'error', error: { name: 'E', value: '', traceback: '' } })
  const funnel = funnelOf([[{ turns: [pythonTurn(), failing, guess, answerTurn('8')] }, { keep: true }]])
  expect(funnel.tools).toEqual({
    '(unknown)': { calls: 2, mistakes: 2 },
    python: { calls: 2, mistakes: 1 },
  })
  expect(funnel.usage).toEqual({ input: 31, output: 17, cached: 3, reasoning: 4 })
})
