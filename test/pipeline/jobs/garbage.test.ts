import { existsSync, globSync } from 'node:fs'
import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { allTables } from '../../../output/tables/tables.ts'
import { hf } from '../../../output/targets/hf.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import { exportRows } from '../../../pipeline/jobs/export.ts'
import { garbageOf, removeGarbage } from '../../../pipeline/jobs/garbage.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { fileSha256 } from '../../../schemas/file-hash.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { smallJail } from '../../small-jail.ts'
import { runs, says, scripted, type TestRun, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Shows a picture of its own, then answers. */
const teacher = () =>
  scripted(({ turns }) => (turns.length === 0 ? runs('image_1.resize((20, 20))') : says('8')))

const config = () => ({ sandbox, teachers: [teacher()], tasks: tasks(2), exports: [hf(), rejected()] })

const below = (folder: string, ...names: string[]) => names.map(name => join(folder, name))
const blobs = ({ folder }: TestRun) => globSync('blobs/*/*', { cwd: folder }).sort()
const exported = async ({ folder }: TestRun) =>
  Promise.all(
    globSync('export/**/*.parquet', { cwd: folder })
      .sort()
      .map(async path => [path, await fileSha256(join(folder, path))]),
  )

/** Of `hf` and of `rejected`, and of each table. */
const shards = 2 + allTables.length

const remains = [
  'export.draft',
  'export.previous',
  'replay/store.sqlite',
  'deciding.sqlite',
  'selecting.sqlite',
  'tries.sqlite',
  'decisions.jsonl.draft',
  'screened.jsonl.draft',
  'exports/0009.gone',
  'exports/0009.refused',
  'exports/draft',
]
const orphans = [`blobs/aa/${'a'.repeat(64)}`, `blobs/bb/${'b'.repeat(64)}.0000.draft`]

/** What a person put there. */
const own = ['blobs/notes.txt', 'blobs/aa/mine.png', 'exports/mine/README.md', 'notes.draft']

async function litter({ folder }: TestRun): Promise<void> {
  for (const path of below(folder, ...remains, ...orphans, ...own)) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, '12345')
  }
}

test('a finished run has nothing that could go', () =>
  withRun(config(), async run => {
    await run.run()
    expect(blobs(run).length).toBeGreaterThan(2)
    for (const { paths, bytes } of await garbageOf(run.folder, run.store, 1))
      expect([paths, bytes]).toEqual([[], 0])
  }))

test('what was left is found, and nothing else; without it every command gives the same', () =>
  withRun(config(), async run => {
    await run.run()
    const [pictures, files] = [blobs(run), await readdir(run.folder)]
    const before = await exported(run)
    expect(before.length).toBe(shards)
    await litter(run)
    const garbage = await garbageOf(run.folder, run.store)
    const found = garbage.map(({ kind, paths, bytes }) => [kind, paths.toSorted(), bytes])
    const expected = remains.map(path => path.replace('/store.sqlite', ''))
    expect(found).toEqual([
      ['remains', below(run.folder, ...expected).sort(), 5 * remains.length],
      ['exports', [], 0],
      ['blobs', below(run.folder, ...orphans), 5 * orphans.length],
    ])
    await removeGarbage(garbage)
    expect(blobs(run)).toEqual(['blobs/aa/mine.png', ...pictures].sort())
    expect(await readdir(run.folder)).toEqual([...files, 'notes.draft'].sort())
    for (const path of below(run.folder, ...own)) expect(existsSync(path)).toBe(true)

    // What the open store has read is in its memory.
    await using store = await openSqliteStore(run.folder)
    const opened = { ...(await run.open({}, { asks: 'nobody' })), store }
    await rm(join(run.folder, 'export'))
    await exportRows(opened)
    expect(await exported(run)).toEqual(before)
    expect(await replayRun(opened)).toMatchObject({ different: [], missing: [], extra: [] })
    await run.refresh()
    expect(await exported(run)).toHaveLength(shards)
  }))

test('a picture of a rollout that was forgotten could go, and comes again where that is solved again', () =>
  withRun(config(), async run => {
    await run.run()
    const before = await exported(run)
    const all = blobs(run)
    for (const table of ['trajectories', 'turns'] as const)
      for await (const { key } of run.store.scan(table)) await run.store.delete(table, key)
    const [, , found] = await garbageOf(run.folder, run.store)
    expect(found?.paths.length).toBeGreaterThan(0)
    expect(found?.paths.length).toBeLessThan(all.length)
    await removeGarbage(found ? [found] : [])
    await run.run()
    expect(blobs(run)).toEqual(all)
    expect(await exported(run)).toEqual(before)
  }))

test('older exports are counted by what only they hold', () =>
  withRun(config(), async run => {
    await run.run()
    await run.run({ tasks: tasks(1) })
    const [first = ''] = globSync(join(run.folder, 'exports/0001/hf/**/*.parquet'))
    const sizes = async () =>
      (await garbageOf(run.folder, run.store, 1)).find(({ kind }) => kind === 'exports')
    const whole = (await sizes())?.bytes ?? 0
    await link(first, join(run.folder, 'mine.parquet'))
    const shared = (await sizes())?.bytes ?? 0
    expect(shared).toBeGreaterThan(0)
    expect(shared).toBeLessThan(whole)
    await removeGarbage(await garbageOf(run.folder, run.store, 1))
    expect(await readdir(join(run.folder, 'exports'))).toEqual(['0002'])
  }))
