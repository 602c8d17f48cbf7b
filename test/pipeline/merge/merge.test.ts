import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quotas } from '../../../filters/quotas.ts'
import type { Settings } from '../../../pipeline/config.ts'
import { asPart } from '../../../pipeline/jobs/solve-part.ts'
import { partFolder, partOfTask, partShare } from '../../../pipeline/run-part.ts'
import { prompt } from '../../../prompts/prompt.ts'
import { sqlite } from '../../../store/sqlite.ts'
import { redis } from '../../../workers/redis.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { ownPrices } from '../own-prices.ts'
import { scripted } from '../scripted.ts'
import { configOf, merge, runPart, runWhole, steady, written } from './dividing.ts'

const of = 3
const parts = [1, 2, 3].map(index => ({ index, of }))

test('parts that are merged, in any order and again, give the bytes of one process', async () => {
  await using here = await temporaryFolder()
  const whole = configOf(join(here.path, 'one'), 9)
  await runWhole(whole)
  const expected = await written(whole)
  expect(Object.keys(expected).filter(path => path.endsWith('.parquet')).length).toBeGreaterThan(1)

  const divided = configOf(join(here.path, 'many'), 9)
  for (const part of parts.toReversed()) await runPart(divided, part)
  await merge(divided)
  expect(await written(divided)).toEqual(expected)
  await merge(divided)
  expect(await written(divided)).toEqual(expected)

  const folders = parts.map(part => partFolder(divided.folder, part))
  // As of a store that can only read its blobs one by one.
  const { takeBlobs: _, ...store } = sqlite()
  const other = { ...divided, store, folder: join(here.path, 'other') }
  await merge(other, { folders: [folders[2] ?? '', folders[0] ?? '', folders[1] ?? ''] })
  expect(await written(other)).toEqual(expected)
})

test('each part asks for its own tasks and keeps their pictures alone, and no task is left out', async () => {
  await using here = await temporaryFolder()
  const teacher = steady()
  const config = configOf(here.path, 9, { teachers: [teacher] })
  const pictures: number[] = []
  for (const part of parts) {
    await runPart(config, part)
    pictures.push(await filesIn(join(partFolder(config.folder, part), 'blobs')))
  }
  expect(teacher.asked.length).toBe(9 * teacher.samples)
  const counts = parts.map(({ index }) => ids(9).filter(id => partOfTask(id, of) === index).length)
  expect(pictures).toEqual(counts)
  expect(counts.filter(count => count > 0).length).toBeGreaterThan(1)
})

test('a part that is done again asks nobody, and one to which tasks were added asks for those alone', async () => {
  await using here = await temporaryFolder()
  const teacher = steady()
  for (const tasks of [6, 6, 9])
    for (const part of parts) await runPart(configOf(here.path, tasks, { teachers: [teacher] }), part)
  expect(teacher.asked.length).toBe(9 * teacher.samples)
})

test('what a part had failed at and has done since takes the place of the failure', async () => {
  await using here = await temporaryFolder()
  const whole = configOf(join(here.path, 'one'), 6)
  await runWhole(whole)
  const failing = scripted(() => Promise.reject(new Error('away')), { samples: 2 })
  const broken = configOf(join(here.path, 'many'), 6, { teachers: [{ ...failing, name: 'scripted' }] })
  await Promise.allSettled(parts.map(part => runPart(broken, part)))
  await merge(broken, { allowMissing: true })
  const config = configOf(join(here.path, 'many'), 6)
  for (const part of parts) await runPart(config, part)
  await merge(config)
  expect(await written(config)).toEqual(await written(whole))
})

const ids = (count: number) => Array.from({ length: count }, (_, index) => `width/${index + 1}`)

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile()).length

/** Three parts of six tasks, one of which has none; they are only read. */
let made: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  made = await temporaryFolder()
  for (const part of parts) await runPart(configOf(made.path, 6), part)
})
afterAll(() => made[Symbol.asyncDispose]())

test.each([
  {
    why: 'a part is missing',
    folders: [1, 3],
    words: /of 3 parts there is no 2: .*--shard 2\/3.*--allow-missing/,
  },
  { why: 'the same is named twice', folders: [1, 1], words: /are both part 1 of 3; leave out/ },
  { why: 'what is named is no run', folders: [1, 9], words: /part-9-of-3 holds no run; give folders/ },
  {
    why: 'the config is another one',
    changes: { limits: { turns: 2 } },
    words: /part 1 of 3 \(.*\) was solved under another config: limits\.turns; run it again/,
  },
  {
    why: 'the prompt is another one',
    changes: { prompts: { question: prompt('system') } },
    words: /under another config: prompts\.question/,
  },
  {
    why: 'a teacher is another one',
    changes: { teachers: [{ ...steady(), samples: 3 }] },
    words: /under another config: teachers/,
  },
  { why: 'there are other tasks', tasks: 12, words: /solved other tasks: \d+, where \d+ belong/ },
])(
  'a merge is refused in one line where $why',
  async ({ folders = [1, 2, 3], changes = {}, tasks = 6, words }) => {
    await using here = await temporaryFolder()
    const given = folders.map(index => partFolder(join(made.path, 'whole'), { index, of }))
    const refused = await merge(configOf(here.path, tasks, changes), { folders: given }).catch(error => error)
    expect(refused).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(words) })
    expect(refused.message).not.toContain('\n')
  },
)

test('a merge of nothing says how parts are made', async () => {
  await using here = await temporaryFolder()
  await expect(merge(configOf(here.path, 1))).rejects.toThrow(/there is no part of this run; .*--shard 1\/4/)
})

test('parts of two divisions are not merged', async () => {
  await using here = await temporaryFolder()
  const config = configOf(here.path, 4)
  await runPart(config, { index: 1, of: 1 })
  await runPart(config, { index: 1, of: 2 })
  await expect(merge(config)).rejects.toThrow(/name the folders of one division/)
})

test('a part that was stopped is not taken for done, unless that is allowed', async () => {
  await using here = await temporaryFolder()
  const stop = new AbortController()
  const teacher = steady()
  const ask: typeof teacher.ask = (...question) => {
    stop.abort()
    return teacher.ask(...question)
  }
  const config = configOf(here.path, 6)
  const stopped = { ...config, teachers: [{ ...teacher, ask }] }
  await expect(runPart(stopped, { index: 1, of: 1 }, stop.signal)).rejects.toThrow()
  await expect(merge(config)).rejects.toThrow(/not finished is 1 of 1: .*--shard 1\/1/)
  await expect(merge(config, { allowMissing: true })).resolves.toBeUndefined()
})

test('a part that is being worked on is waited for', async () => {
  await using here = await temporaryFolder()
  const config = configOf(here.path, 2)
  await runPart(config, { index: 1, of: 1 })
  using _held = await sqlite().lock(partFolder(config.folder, { index: 1, of: 1 }))
  await expect(merge(config)).rejects.toThrow(/part 1 of 1 is being worked on/)
})

test.each([
  [100, 64],
  [0.1, 3],
  [1, 7],
  [12.34, 99],
  [1e-6, 3],
])('shares of %d USD for %i parts are never more together', (usd, of) => {
  const share = partShare(usd, { index: 1, of })
  expect(Array.from({ length: of }, () => share).reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(
    usd,
  )
  expect(share).toBeGreaterThan(usd / of - 1e-9)
})

test('a part says in its first line where it is kept and what it may spend', async () => {
  await using here = await temporaryFolder()
  await using prices = await ownPrices({ scripted: { input: 1, cachedInput: 1, cacheWrite: 1, output: 1 } })
  const config = configOf(here.path, 2, { limits: { budgetUsd: 8 }, prices: prices.path })
  const [line] = await runPart({ ...config, maxCostUsd: 1 }, { index: 2, of: 4 })
  expect(line).toBe(
    `part 2 of 4: the tasks whose ids hash to it, kept in ${config.folder}.part-2-of-4; it may spend $2.00 of the $8.00 of limits.budgetUsd and $0.25 of the $1.00 of --max-cost`,
  )
})

test.each([
  [
    'workers',
    { workers: redis({ url: 'redis://127.0.0.1' }) },
    /^workers: .*; leave out `workers`, or --shard$/,
  ],
  [
    'fill',
    { fill: quotas({ by: 'category', counts: { a: 1 } }) },
    /^fill: .*; leave out `fill`, or --shard$/,
  ],
])('a part of a run that has %s is refused in one line before anything is opened', (_, changes, words) => {
  const config: Settings = Object.assign(configOf('nowhere', 1), changes)
  expect(() => asPart(config, { index: 1, of: 2 })).toThrow(words)
})

test('ids are spread evenly over parts, and which part each is in depends on nothing else', () => {
  const counts = new Map<number, number>()
  for (const id of ids(6400)) counts.set(partOfTask(id, 64), (counts.get(partOfTask(id, 64)) ?? 0) + 1)
  expect(counts.size).toBe(64)
  expect(Math.min(...counts.values())).toBeGreaterThan(60)
  expect(partOfTask('caf\u00e9', 64)).toBe(partOfTask('cafe\u0301', 64))
  expect(partOfTask('width/1', 64)).toBe(58)
})
