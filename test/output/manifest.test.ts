import { expect, test } from 'vitest'
import { manifestOf } from '../../output/manifest.ts'
import type { RunAbout } from '../../output/run-about.ts'
import { summarise } from '../../output/summary.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { answerTurn, pythonTurn } from '../fixtures.ts'
import { about, dropped, kept } from './rows.ts'

/** What the manifest of rows says; the first is kept, the others are not. */
function manifest(trajectories: readonly Trajectory[], ran: Partial<RunAbout> = {}) {
  const seen = summarise()
  for (const [index, each] of trajectories.entries()) seen.add((index === 0 ? kept : dropped)(each))
  const run = { name: 'test', version: '0.0.0', config: {}, ...ran }
  return JSON.parse(manifestOf(run, seen.result(), [], { tables: [], others: [], before: null }))
}

const answeredAs = (model: string, number: number): Trajectory => {
  const turns = [pythonTurn({}), answerTurn('8')].map(turn => ({ ...turn, reply: { ...turn.reply, model } }))
  return about([], number, { turns, teacher: { name: 'wise', options: { model: 'gpt-x' } } })
}

test('every model is named as its provider named it, with its replies', () => {
  const { models } = manifest([
    answeredAs('gpt-x-05', 1),
    answeredAs('gpt-x-05', 2),
    answeredAs('gpt-x-11', 3),
  ])
  const teacher = { part: 'teacher', name: 'wise', asked: 'gpt-x' }
  expect(models).toEqual([
    { ...teacher, answered: 'gpt-x-05', replies: 4 },
    { ...teacher, answered: 'gpt-x-11', replies: 2 },
  ])
})

test('a judge is counted by its votes in the facts', () => {
  const seen = summarise()
  const votes = [{ model: 'strict', verdict: 'same', said: '' }]
  const fact = { check: 'judge', version: 1, passed: true, reason: '', detail: '', data: { seats: 1, votes } }
  const row = kept(about([], 1))
  seen.add({ ...row, measured: { ...row.measured, facts: [fact] } })
  expect(seen.result().models).toContainEqual({
    part: 'judge',
    name: 'strict',
    asked: null,
    answered: null,
    replies: 1,
  })
})

const answering = (...names: [name: string, asked: string, answered: string][]) =>
  names.map(([name, asked, answered]) => ({ name, asked, answered }))

test.each([
  ['nothing was put down', undefined, { asked: null, answered: null }],
  ['another one answered', answering(['mild', 'mild-1', 'mild-1-05']), { asked: null, answered: null }],
  ['it answered by one name', answering(['strict', 's-1', 's-1-05']), { asked: 's-1', answered: 's-1-05' }],
  [
    'it answered by two names',
    answering(['strict', 's-1', 's-1-11'], ['strict', 's-1', 's-1-05']),
    { asked: 's-1', answered: ['s-1-05', 's-1-11'] },
  ],
])('where %s, the manifest says so of a judge and of the model of a screen', (_, answerers, said) => {
  const seen = summarise()
  const votes = [{ model: 'strict', verdict: 'same', said: '' }]
  const fact = { check: 'judge', version: 1, passed: true, reason: '', detail: '', data: { seats: 1, votes } }
  const row = kept(answeredAs('gpt-x-05', 1))
  seen.add({ ...row, measured: { ...row.measured, facts: [fact] } })
  const usage = { input: 1, output: 1, cached: 0, reasoning: 0 }
  const used = [{ model: 's-1', usage, images: 0 }]
  const { task } = row.measured.trajectory
  seen.addTask({ task, route: 'sft', by: '', reason: '', detail: '', data: {}, used })
  const run = { name: 'test', version: '0.0.0', config: {}, ...(answerers && { answerers }) }
  const { models } = JSON.parse(manifestOf(run, seen.result(), [], { tables: [], others: [], before: null }))
  const by = (part: string) => models.find((model: { part: string }) => model.part === part)
  expect(by('judge')).toEqual({ part: 'judge', name: 'strict', ...said, replies: 1 })
  expect(by('screen')).toEqual({ part: 'screen', name: 's-1', ...said, asked: 's-1', replies: 1 })
  expect(by('teacher')).toMatchObject({ name: 'wise', asked: 'gpt-x', answered: 'gpt-x-05', replies: 2 })
})

test('libraries are named once for all rows that were made with them', () => {
  const elsewhere = { kind: 'test', python: '3.14', libraries: { numpy: '2' }, hash: 'other' }
  const { environments } = manifest([about([], 1), about([], 2), about([], 3, { environment: elsewhere })])
  expect(environments.map(({ rows, hash }: { rows: number; hash: string }) => [hash, rows])).toEqual([
    ['test', 2],
    ['other', 1],
  ])
})

test('a service is counted by the questions that rows put to it', () => {
  const asked = { service: 'wiki', options: 'a'.repeat(64), query: 'b'.repeat(64) }
  const turn = pythonTurn({})
  const consulting = {
    ...turn,
    observations: turn.observations.map(each => ({ ...each, consulted: [asked, asked] })),
  }
  const { services } = manifest([about([], 1, { turns: [consulting, answerTurn('8')] }), about([], 2)])
  expect(services).toEqual([{ name: 'wiki', options: asked.options, questions: 2 }])
})

test('a tool has its kind and the version of its server, and a prompt of the user’s own its file', () => {
  const python = { name: 'python', description: 'Runs Python.', parameters: {} }
  const search = { ...python, name: 'search' }
  const row = about([], 1, {
    tools: [python, search, { ...search, name: 'gone' }],
    prompts: { system: 'c'.repeat(64) },
  })
  const { tools, prompts } = manifest([row], {
    config: {
      tools: [
        { name: 'python', kind: 'code', options: {} },
        { name: 'search', kind: 'other', options: { server: { name: 'mcp', version: '1.2.3' } } },
      ],
    },
    promptFiles: { ['c'.repeat(64)]: 'mine.md' },
  })
  const known = tools.map(({ name, kind, version }: Record<string, unknown>) => [name, kind, version])
  expect(known.sort()).toEqual([
    ['gone', null, null],
    ['python', 'code', null],
    ['search', 'other', '1.2.3'],
  ])
  expect(prompts).toEqual([{ name: 'system', sha256: 'c'.repeat(64), file: 'mine.md' }])
})

test('what was read is null where it was not put down, and is not guessed', () => {
  expect(manifest([about([], 1)]).inputs).toBeNull()
  const inputs = { tasks: [], texts: [] }
  expect(manifest([about([], 1)], { inputs }).inputs).toEqual(inputs)
})
