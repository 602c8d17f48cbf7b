import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { reading } from '../readers.ts'
import { runConfig } from './run.ts'

interface Row {
  [column: string]: unknown
}
type Loaded = Record<string, { train?: { rows: Row[] } }>

test('questions of words alone are solved, and nothing that is written of them speaks of an image', async () => {
  await using folder = await temporaryFolder()
  const { funnel } = await runConfig('examples/words.config.ts', { RUNS: folder.path })
  expect(funnel).toMatchObject({ rollouts: 6, answered: 6, kept: 6, dropped: [] })

  const exported = join(folder.path, 'words/export')
  const loaded = await reading<Loaded>('newest', 'datasets_rows.py', exported)
  const trained = Object.entries(loaded).flatMap(([name, { train }]) =>
    train ? [[name, train.rows] as const] : [],
  )
  expect(trained.map(([name, rows]) => [name, rows.length])).toEqual([
    ['hf', 6],
    ['llamafactory', 6],
    ['deepeyes_sft', 4],
  ])
  for (const [, rows] of trained)
    for (const { images, ...row } of rows) {
      expect(images).toEqual([])
      const { facts: _, ...taught } = row
      expect(JSON.stringify(taught)).not.toMatch(/image_1|<image>|look at|given one or more images/)
    }
  const row = loaded.hf?.train?.rows.find(({ id }) => id === 'divisible/1')
  expect(row).toMatchObject({
    source_file: 'words/tasks.jsonl',
    source_row: 3,
    licence: 'CC BY 4.0',
    meta: { level: 1 },
  })
  const card = await readFile(join(exported, 'README.md'), 'utf8')
  expect(card).toContain('a teacher solves tasks of words alone with tools')
  expect(card).toMatch(/task_categories:\n {2}- "text-generation"\n {2}- "question-answering"\n/)
  expect(card).toContain('| cc0-1.0 | 4 |\n| cc-by-4.0 | 2 |')
})
