import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { hf } from '../../output/targets/hf.ts'
import { screenedOut } from '../../output/targets/screened-out.ts'
import { replayRun } from '../../pipeline/jobs/replay.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import { screenedTasks } from '../../pipeline/screen/screened-list.ts'
import { next, type Screen } from '../../screens/screen.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { smallJail } from '../small-jail.ts'
import { fields, folderWithImage, row, source } from '../tasks/files.ts'
import { says, scripted, type TestRun, withRun } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const dropsThird: Screen = {
  name: 'third',
  version: 1,
  options: {},
  screen: async ({ id }) => (id === 'c' ? { route: 'drop', reason: 'third', detail: '', data: {} } : next()),
}

const asked = (id: string) => row({ id, question: `Which colour is ${id}?` })

test('rows that moved, also to another file, are not bought again, and say where they stand now', async () => {
  await using folder = await folderWithImage()
  const [a, b, c] = ['a', 'b', 'c'].map(id => asked(id))
  const from = (path: string) => jsonl(path, { fields, source })
  const before = from(await folder.lines('one.jsonl', [a, b, c]))
  const now = [
    from(await folder.lines('other.jsonl', [c])),
    from(await folder.lines('two.jsonl', [asked('new'), b, a])),
  ]
  const teacher = scripted(() => says('red'))
  const config = {
    sandbox,
    teachers: [teacher],
    tasks: before,
    screens: [dropsThird],
    exports: [screenedOut()],
  }
  await withRun(config, async run => {
    await run.run()
    expect(teacher.asked).toHaveLength(2)
    await run.run({ tasks: now })
    expect(teacher.asked).toHaveLength(3)
    const kept = await Promise.all((['trajectories', 'screenings'] as const).map(run.store.count))
    expect(kept).toEqual([3, 4])

    const at = (name: string, row: number) => ({ file: join(folder.path, name), row })
    const rows = (await run.rows()).map(({ measured }) => measured.trajectory.task)
    const places = Object.fromEntries(rows.map(({ id, origin }) => [id, origin]))
    expect(places).toEqual({ new: at('two.jsonl', 1), b: at('two.jsonl', 2), a: at('two.jsonl', 3) })
    const screened = await Array.fromAsync(screenedTasks(run.folder, run.store))
    expect(screened.map(({ screening }) => screening?.task.origin)).toContainEqual(at('other.jsonl', 1))

    const replay = await replayRun(await run.open({ tasks: now }, { asks: 'nobody' }))
    expect(replay).toMatchObject({ rollouts: 3, different: [], missing: [], extra: [] })
  })
})

test('an answer that is read with more of its digits is compared again, and nobody is asked again', async () => {
  await using folder = await folderWithImage()
  const from = async (name: string, answer: string) => {
    const { answer: _, ...rest } = asked('a')
    const line = JSON.stringify(rest).replace(/\}$/, `,"answer":${answer}}`)
    const typed = { ...fields, answerType: { value: 'number' } }
    return jsonl(await folder.write(name, line), { fields: typed, source })
  }
  const teacher = scripted(() => says('1.14'))
  const config = {
    sandbox,
    teachers: [teacher],
    tasks: await from('before.jsonl', '1.1'),
    checks: [answer()],
  }
  const passes = async (run: TestRun) =>
    (await run.rows()).map(({ measured: { facts, trajectory } }) => [
      trajectory.task.answer,
      facts[0]?.passed,
    ])
  await withRun(config, async run => {
    await run.run()
    expect(await passes(run)).toEqual([['1.1', true]])
    await run.run({ tasks: await from('now.jsonl', '1.10') })
    expect(await passes(run)).toEqual([['1.10', false]])
    expect(teacher.asked).toHaveLength(1)
  })
})

test('rows whose source is said to be another, or under another licence, are not bought again and say so', async () => {
  await using folder = await folderWithImage()
  const rows = ['a', 'b', 'c'].map(id => ({ ...asked(id), licence: 'CC-BY-4.0' }))
  const file = await folder.lines('one.jsonl', rows)
  const from = (source: Parameters<typeof jsonl>[1]['source']) =>
    jsonl(file, { fields, source, rest: 'ignore' })
  const teacher = scripted(() => says('red'), { options: { model: 'm' } })
  const config = {
    sandbox,
    teachers: [teacher],
    tasks: from(source),
    screens: [dropsThird],
    exports: [hf(), screenedOut()],
  }
  const corrected = { tasks: from({ name: 'theirs', licence: { field: 'licence' } }) }
  await withRun(config, async run => {
    await run.run()
    // As a store was before it was written down by what its tasks were known.
    for await (const { key } of run.store.scan('tasks', 'known')) await run.store.delete('tasks', key)
    for (const [changes, said] of [
      [corrected, { name: 'theirs', licence: 'CC-BY-4.0' }],
      [{}, source],
      [corrected, { name: 'theirs', licence: 'CC-BY-4.0' }],
    ] as const) {
      await solveAndDecide(await run.open(changes), () =>
        Promise.reject(new Error('something is bought again')),
      )
      const counts = await Promise.all((['trajectories', 'screenings'] as const).map(run.store.count))
      expect([teacher.asked.length, ...counts]).toEqual([2, 2, 3])
      const tasks = (await run.rows()).map(({ measured }) => measured.trajectory.task)
      const screened = await Array.fromAsync(screenedTasks(run.folder, run.store))
      for (const task of [...tasks, ...screened.map(({ screening }) => screening?.task)])
        expect(task?.source).toEqual(said)
    }
    const replay = await replayRun(await run.open(corrected, { asks: 'nobody' }))
    expect(replay).toMatchObject({ rollouts: 2, different: [], missing: [], extra: [] })

    await run.run({ tasks: from({ ...source, url: 'https://theirs.example' }) })
    expect(await run.store.count('trajectories')).toBe(4)
  })
})
