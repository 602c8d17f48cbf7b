import { globSync } from 'node:fs'
import { appendFile, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { passed } from '../../../filters/passed.ts'
import { hf } from '../../../output/targets/hf.ts'
import { llamaFactory } from '../../../output/targets/llama-factory.ts'
import { exportRows } from '../../../pipeline/jobs/export.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { smallJail } from '../../small-jail.ts'
import { runs, says, scripted, type TestRun, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const teacher = () =>
  scripted(({ turns }) => (turns.length === 0 ? runs('image_1.resize((20, 20))') : says('8')))

/** Which writing of the export lies there: it is put in place as a whole. */
const exportOf = async ({ folder }: TestRun) => (await stat(join(folder, 'export'), { bigint: true })).ino

const config = () => ({
  ...{ sandbox, teachers: [teacher()], tasks: tasks(2) },
  ...{ checks: [answer()], filters: [], exports: [hf()] },
})

const finished = (work: (run: TestRun, counts: Awaited<ReturnType<TestRun['run']>>) => Promise<void>) =>
  withRun(config(), async run => work(run, await run.run()))

const firstShard = async ({ folder }: TestRun) => {
  const shards = join(folder, 'export/hf')
  const [name = ''] = (await readdir(shards, { recursive: true })).filter(each => each.endsWith('.parquet'))
  return join(shards, name)
}

test('a finished run that is run again leaves its export as it is', () =>
  finished(async (run, counts) => {
    const before = await exportOf(run)
    expect(counts.summary.kept).toBeGreaterThan(0)
    expect(await run.run()).toEqual(counts)
    expect(await run.recurate()).toEqual(counts)
    expect(await exportOf(run)).toBe(before)
  }))

/** A tokenizer that knows these words, at a path that is always the same. */
async function tokenizer({ folder }: TestRun, ...words: string[]): Promise<string> {
  const vocab = Object.fromEntries(['[UNK]', ...words].map((word, index) => [word, index]))
  const parts = { normalizer: null, post_processor: null, decoder: null, added_tokens: [] }
  const model = { type: 'WordLevel', vocab, unk_token: '[UNK]' }
  const json = { version: '1.0', ...parts, pre_tokenizer: { type: 'WhitespaceSplit' }, model }
  const path = join(folder, 'tokenizer.json')
  await writeFile(path, JSON.stringify(json))
  return path
}

const changes: Record<string, (run: TestRun) => Promise<unknown>> = {
  'one task less': run => run.run({ tasks: tasks(1) }),
  'one task more': run => run.run({ tasks: tasks(3) }),
  'another filter': run => run.run({ filters: [passed('answer')] }),
  'another check': run => run.run({ checks: [] }),
  'lengths of another student': run =>
    run.run({ lengths: { family: 'qwen3_vl' }, exports: [llamaFactory()] }),
  'one export more': run => run.run({ exports: [hf(), llamaFactory()] }),
  'no export': run => run.run({ exports: [] }),
  'a shard that is longer': async run => appendFile(await firstShard(run), 'x').then(() => run.run()),
  'a shard with another byte, as old as before': async run => {
    const path = await firstShard(run)
    const { atime, mtime } = await stat(path)
    const bytes = await readFile(path)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    await writeFile(path, bytes)
    await utimes(path, atime, mtime)
    await run.run()
  },
  'a shard that is empty': async run => truncate(await firstShard(run)).then(() => run.run()),
  'a shard that is gone': async run => rm(await firstShard(run)).then(() => run.run()),
  'no manifest': async run => rm(join(run.folder, 'export/manifest.json')).then(() => run.run()),
}

test('a picture that an export was made of and that is damaged is named, though the export stays', () =>
  finished(async run => {
    const before = await exportOf(run)
    for (const blob of globSync('blobs/*/*', { cwd: run.folder }))
      await appendFile(join(run.folder, blob), 'x')
    // The store that is open has them in memory.
    await using store = await openSqliteStore(run.folder)
    const again = { ...(await run.open()), store }
    await expect(solveAndDecide(again)).rejects.toThrow(/^task .*is not what was kept there/)
    expect(await exportOf(run)).toBe(before)
  }))

test.each(Object.keys(changes))('there is another export for %s', what =>
  finished(async run => {
    const before = await exportOf(run)
    await changes[what]?.(run)
    expect(await exportOf(run)).not.toBe(before)
    expect(await readdir(join(run.folder, 'exports'))).toEqual(['0001', '0002'])
  }),
)

/** Rows are written anew, and their bytes are the same. */
const sameBytes: Record<string, (run: TestRun) => Promise<unknown>> = {
  'an export of the user’s own': run => {
    const { row, ...shape } = hf()
    const exports = [{ ...shape, row: (...given: Parameters<typeof row>) => row(...given) }]
    return run.run({ exports })
  },
  'the command that exports': async run => exportRows(await run.open({}, { asks: 'nobody' })),
  'a note that is cut': async run => truncate(join(run.folder, 'exported'), 100).then(() => run.run()),
  'a note of something else': async run =>
    writeFile(join(run.folder, 'exported'), '{}').then(() => run.run()),
}

test.each(Object.keys(sameBytes))('no number is made for %s', what =>
  finished(async run => {
    const before = await exportOf(run)
    await sameBytes[what]?.(run)
    expect(await exportOf(run)).toBe(before)
    expect(await readdir(join(run.folder, 'exports'))).toEqual(['0001'])
  }),
)

test('there is another export where another tokenizer lies at the same path', () =>
  finished(async run => {
    const counted = { exports: [llamaFactory()], lengths: { tokenizer: await tokenizer(run, 'wide') } }
    await run.run(counted)
    const before = await exportOf(run)
    await run.run(counted)
    expect(await exportOf(run)).toBe(before)
    await tokenizer(run, 'wide', 'tall')
    await run.run(counted)
    expect(await exportOf(run)).not.toBe(before)
  }))
