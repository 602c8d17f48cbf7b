import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hf } from '../../output/targets/hf.ts'
import { screenedOut } from '../../output/targets/screened-out.ts'
import { replayRun } from '../../pipeline/jobs/replay.ts'
import { sha256 } from '../../schemas/hash.ts'
import { next, type Screen } from '../../screens/screen.ts'
import { smallJail } from '../small-jail.ts'
import { says, scripted, type TestRun, tasks, widths, withRun } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const dropsSome: Screen = {
  name: 'some',
  version: 1,
  options: {},
  // What is asked in other words still belongs to the task that it was.
  screen: async task =>
    Number(task.answer) % 3 === 0
      ? { route: 'drop', reason: 'some', detail: '', data: {} }
      : next({}, { ...task, question: `${task.question} Say it in words.` }),
}

const config = () => ({
  sandbox,
  teachers: [scripted(() => says('8'))],
  screens: [dropsSome],
  exports: [hf(), screenedOut()],
})

/** Hashes of a target's shards, in order. */
async function shards({ folder }: TestRun, target: string): Promise<string[]> {
  const path = join(folder, 'export', target, 'data')
  const names = (await readdir(path)).sort()
  return Promise.all(names.map(async name => sha256(await readFile(join(path, name)))))
}

const both = async (run: TestRun) => ({
  kept: await shards(run, 'hf'),
  dropped: await shards(run, 'screened_out'),
})

test('tasks that come later are shards of their own, small ones together, and those before stay as they are', () =>
  withRun(config(), async run => {
    await run.run({ tasks: tasks(12) })
    const first = await both(run)
    expect([first.kept.length, first.dropped.length]).toEqual([1, 1])

    await run.run({ tasks: tasks(15) })
    const second = await both(run)
    expect(second).toEqual({
      kept: [first.kept[0], expect.any(String)],
      dropped: [first.dropped[0], expect.any(String)],
    })

    await run.run({ tasks: tasks(18) })
    const third = await both(run)
    expect(third).toEqual({
      kept: [first.kept[0], expect.not.stringMatching(second.kept[1] ?? '')],
      dropped: [first.dropped[0], expect.not.stringMatching(second.dropped[1] ?? '')],
    })

    const replay = await replayRun(await run.open({ tasks: tasks(18) }, { asks: 'nobody' }))
    expect(replay).toMatchObject({ different: [], missing: [], extra: [] })
  }))

test('a run from scratch has the rows in one shard', () =>
  withRun(config(), async run => {
    await run.run({ tasks: tasks(15) })
    expect((await both(run)).kept).toHaveLength(1)
  }))

test('a run of which nothing was written down when its tasks came has them all in its first part', () =>
  withRun(config(), async run => {
    await run.run({ tasks: tasks(12) })
    const before = await shards(run, 'hf')
    const written = (await Array.fromAsync(run.store.scan('tasks'))).map(({ key }) => key.split('/')[0])
    expect(new Set(written)).toEqual(new Set(['known', 'list', 'task']))
    await run.run({ tasks: tasks(13) })
    expect((await shards(run, 'hf'))[0]).toBe(before[0])
  }))

test('rows about images come first, of whichever part, and text alone last', () =>
  withRun({ ...config(), screens: [], exports: [hf()] }, async run => {
    const some = [{}, { images: [], wordsAlone: true }, {}, {}]
    await run.run({ tasks: widths(...some) })
    await run.run({ tasks: widths(...some, {}, { images: [], wordsAlone: true }) })
    const rows = JSON.parse(await readFile(join(run.folder, 'export/manifest.json'), 'utf8')).files
    const sizes = rows.flatMap(({ rows }: { rows?: number }) => (rows === undefined ? [] : [rows]))
    expect(sizes).toEqual([3, 1, 1, 1])
  }))
