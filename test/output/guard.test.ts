import { readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExportGuard } from '../../output/guard.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import { temporaryFolder } from '../fixtures.ts'
import { about, album, dropped, kept, run, stream } from './rows.ts'

const { images, bytes } = await album([[8, 6]])

/** So many rows of each category are kept, and one is dropped. */
type Kept = Record<string, number>

const rowsOf = (counts: Kept) =>
  Object.entries(counts).flatMap(([category, count], place) =>
    Array.from({ length: count }, (_, index) => {
      const row = about(images, 100 * place + index)
      return kept({ ...row, task: { ...row.task, category } })
    }),
  )

const write = (folder: string, counts: Kept, guard?: ExportGuard) =>
  writeExports({
    folder,
    rows: stream([...rowsOf(counts), dropped(about(images, 999))]),
    exports: [hf(), rejected()],
    about: run,
    bytes,
    ...(guard && { guard }),
  })

test.each<[what: string, guard: ExportGuard, before: Kept, now: Kept, breach: object]>([
  ['too few are left', { minRows: 4 }, { a: 5 }, { a: 3 }, { bound: 'minRows', limit: 4, rows: 3 }],
  [
    'too many are lost',
    { maxDrop: 0.2 },
    { a: 5, b: 5 },
    { a: 5, b: 2 },
    { bound: 'maxDrop', limit: 0.2, rows: 7, before: 10 },
  ],
  [
    'too many of one category are lost',
    { maxDrop: 0.5, maxDropPerCategory: 0.5 },
    { a: 7, b: 3 },
    { a: 9, b: 1 },
    { bound: 'maxDropPerCategory', limit: 0.5, rows: 1, before: 3, category: 'b' },
  ],
  [
    'one category is gone',
    { maxDropPerCategory: 0.9 },
    { a: 2, b: 1 },
    { a: 3 },
    { bound: 'maxDropPerCategory', limit: 0.9, rows: 0, before: 1, category: 'b' },
  ],
  ['any is lost', { maxDrop: 0 }, { a: 3 }, { a: 2 }, { bound: 'maxDrop', limit: 0, rows: 2, before: 3 }],
])('the earlier export is shown still where %s', async (_, guard, before, now, breach) => {
  await using folder = await temporaryFolder()
  const link = join(folder.path, 'export')
  await write(link, before)
  const refused = await write(link, now, guard)
  expect(refused.refused).toEqual({ ...breach, folder: `${link}s/0002.refused` })
  expect(refused.shown).toMatchObject({ export: '0001' })
  expect(await readlink(link)).toBe('exports/0001')
  const manifest = JSON.parse(await readFile(`${link}s/0002.refused/manifest.json`, 'utf8'))
  expect(manifest.funnel.kept).toBe(rowsOf(now).length)
  expect((await write(link, now)).shown).toMatchObject({ export: '0002' })
})

test.each<[what: string, guard: ExportGuard, before: Kept | null, now: Kept]>([
  ['there are just enough', { minRows: 3 }, { a: 5 }, { a: 3 }],
  ['just as many are lost as may be', { maxDrop: 0.1, maxDropPerCategory: 0.1 }, { a: 10 }, { a: 9 }],
  ['it has more, also of another category', { maxDrop: 0, maxDropPerCategory: 0 }, { a: 1 }, { a: 1, b: 9 }],
  ['nothing was there', { maxDrop: 0, maxDropPerCategory: 0 }, null, { a: 1 }],
  ['nothing is bounded', {}, { a: 5 }, { a: 1 }],
])('a new export is shown where %s', async (_, guard, before, now) => {
  await using folder = await temporaryFolder()
  const link = join(folder.path, 'export')
  if (before) await write(link, before)
  const counts = await write(link, now, guard)
  expect(counts).not.toHaveProperty('refused')
  expect(counts.shown).toMatchObject({ export: before ? '0002' : '0001' })
})

test('a first export with too few rows is not shown', async () => {
  await using folder = await temporaryFolder()
  const link = join(folder.path, 'export')
  expect(await write(link, { a: 1 }, { minRows: 2 })).toMatchObject({
    refused: { bound: 'minRows', folder: `${link}s/0001.refused` },
    shown: null,
  })
  expect((await write(link, { a: 2 }, { minRows: 2 })).shown).toMatchObject({ export: '0001' })
})

test('what is shown already is not held against a bound that came later', async () => {
  await using folder = await temporaryFolder()
  const link = join(folder.path, 'export')
  await write(link, { a: 1 })
  expect(await write(link, { a: 1 }, { minRows: 2 })).not.toHaveProperty('refused')
})
