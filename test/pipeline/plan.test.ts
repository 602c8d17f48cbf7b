import { afterAll, expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { passed } from '../../filters/passed.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import type { Config } from '../../pipeline/config.ts'
import { promptFrom } from '../../prompts/prompt.ts'
import { python } from '../../tools/python.ts'
import { smallJail } from '../small-jail.ts'
import { says, scripted, tasks, widths, withRun, wordsOf } from './scripted.ts'

const sandbox = smallJail()
const slower = smallJail({ limits: { cellMs: 30_000 } })
afterAll(() => Promise.all([sandbox, slower].map(each => each[Symbol.asyncDispose]())))

/** Answers with the number of the picture. */
const teacher = (changes = {}) =>
  scripted(asked => says(/picture (\d)/.exec(wordsOf(asked))?.[1] ?? ''), changes)

/** How often a teacher is asked by a second run with these changes, after a first run over two tasks. */
async function askedAgain(change: (first: ReturnType<typeof teacher>) => Partial<Config>): Promise<number> {
  const first = teacher()
  let again = Number.NaN
  await withRun({ sandbox, teachers: [first], tasks: tasks(2) }, async run => {
    await run.run()
    expect(first.asked).toHaveLength(2)
    first.asked.length = 0
    const changes = change(first)
    await run.run(changes)
    const others = (changes.teachers ?? []) as (typeof first)[]
    again = new Set([first, ...others]).values().reduce((sum, each) => sum + each.asked.length, 0)
  })
  return again
}

const free: [string, Partial<Config>][] = [
  ['nothing', {}],
  ['checks', { checks: [answer()] }],
  ['filters', { checks: [answer()], filters: [passed('answer')] }],
  ['exports', { exports: [hf(), rejected()] }],
  ['concurrency', { limits: { concurrency: 1 } }],
  ['what a tool is for', { tools: [{ ...python(), kind: 'other' }] }],
  ['fewer tasks', { tasks: tasks(1) }],
]

test.each(free)('a run with other settings of what is free asks nobody: %s', async (_, changes) => {
  expect(await askedAgain(() => changes)).toBe(0)
})

const question = promptFrom('question', 'Please: {{question}}{{choices}}')
const bought: [string, number, Partial<Config>][] = [
  ['a prompt', 2, { prompts: { question } }],
  ['a turn limit', 0, { limits: { turns: 5 } }],
  ['a length', 2, { limits: { maxTokens: 77 } }],
  ['a tool', 2, { tools: [] }],
  ['a tool’s description', 2, { tools: [{ ...python(), description: 'Runs it.' }] }],
  ['one more task', 1, { tasks: tasks(3) }],
]

test.each(bought)(
  'another %s is another rollout, and asks what was not asked before (%i)',
  async (_, count, changes) => {
    const keys = new Set<string>()
    const only = teacher()
    await withRun({ sandbox, teachers: [only], tasks: tasks(2) }, async run => {
      await run.run()
      for (const { key } of await run.trajectories()) keys.add(key)
      only.asked.length = 0
      await run.run(changes)
      for (const { key } of await run.trajectories()) keys.add(key)
      expect(only.asked).toHaveLength(count)
      expect(keys.size).toBe(changes.tasks ? 3 : 4)
    })
  },
)

test('other options of a tool, another teacher and another sandbox are other rollouts', async () => {
  const others: Partial<Config>[] = [
    { tools: [python({ maxChars: 100 })] },
    { teachers: [teacher({ options: { temperature: 1 } })] },
    { teachers: [teacher({ name: 'other' })] },
    { sandbox: slower },
  ]
  await withRun({ sandbox, teachers: [teacher()] }, async run => {
    await run.run()
    for (const changes of others) await run.run(changes)
    expect(await run.trajectories()).toHaveLength(1 + others.length)
  })
})

test('more samples ask only for the new ones', async () => {
  const more = teacher({ samples: 3 })
  expect(await askedAgain(() => ({ teachers: [more] }))).toBe(4)
  expect(more.asked.map(({ sample }) => sample).toSorted()).toEqual([1, 1, 2, 2])
})

test('samples stay as many as were asked for, and each is asked apart', async () => {
  let number = 0
  const sampled = scripted(() => says(String(++number)), { samples: 3 })
  await withRun({ sandbox, teachers: [sampled] }, async run => {
    await run.run()
    await run.run()
    const rows = await run.rows()
    const answers = rows.map(({ measured }) => measured.trajectory.outcome)
    expect(answers.map(outcome => (outcome.kind === 'answered' ? outcome.answer : '')).toSorted()).toEqual([
      '1',
      '2',
      '3',
    ])
    expect(sampled.asked.map(({ sample }) => sample).toSorted()).toEqual([0, 1, 2])
  })
})

test('removed tasks leave the exports, and come back without being bought again', async () => {
  const only = teacher()
  await withRun({ sandbox, teachers: [only], tasks: tasks(3) }, async run => {
    expect((await run.run()).targets.hf?.rows).toBe(3)
    expect((await run.run({ tasks: tasks(1) })).targets.hf?.rows).toBe(1)
    expect((await run.rows()).map(({ measured }) => measured.trajectory.task.id)).toEqual(['width/1'])
    expect((await run.run()).targets.hf?.rows).toBe(3)
    expect(only.asked).toHaveLength(3)
  })
})

test('a task with another answer is another rollout, but its question is not asked again', async () => {
  const only = teacher()
  await withRun({ sandbox, teachers: [only], tasks: widths({}) }, async run => {
    await run.run()
    await run.run({ tasks: widths({ answer: '9' }) })
    expect((await run.rows()).map(({ measured }) => measured.trajectory.task.answer)).toEqual(['9'])
    expect(only.asked).toHaveLength(1)
  })
})
