import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Label } from '../../../labels/label.ts'
import { decisionsIn } from '../../../pipeline/decide/decisions.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { parquetRows } from '../../../tasks/parquet.ts'
import { asLines, label } from '../../labels/labels.ts'
import { config, type Place, place } from '../command.ts'

const withLabels = 'labelled.config.ts'

/** The key of each task's rollout. */
async function keysIn(here: Place): Promise<Record<string, string>> {
  const keys: Record<string, string> = {}
  for await (const { key, rollout } of decisionsIn(join(here.folder, 'runs/command/decisions.jsonl')))
    keys[rollout?.task ?? ''] = key
  return keys
}

const say = (here: Place, said: Partial<Label>[]) =>
  writeFile(join(here.folder, 'labels.jsonl'), asLines(said.map(label)))

async function rowsIn(here: Place) {
  const path = join(here.folder, 'runs/command/export/tables/rows.parquet')
  const rows: object[] = []
  for await (const each of parquetRows({ path, shown: path }, null)) if ('row' in each) rows.push(each.row)
  return rows
}

const manifestIn = async (here: Place) =>
  JSON.parse(await readFile(join(here.folder, 'runs/command/export/manifest.json'), 'utf8'))

test('labels decide, and manifest, tables and warnings say which did and which fit nothing', async () => {
  await using here = await place()
  await here.tasks([{}, {}, {}])
  expect((await here.kindling(['run', config])).code).toBe(0)
  const keys = await keysIn(here)
  const of = (task: string, said: Partial<Label>) => ({ key: keys[task] ?? '', task_id: task, ...said })
  await say(here, [
    of('width/1', { label: 'bad', reasons: ['bad_reasoning'] }),
    of('width/2', { label: 'bad' }),
    of('width/2', { by: 'Ben' }),
    { key: sha256('made again'), task_id: 'width/3' },
    { key: sha256('another run'), task_id: 'height/1' },
  ])
  const curated = await here.kindling(['curate', withLabels, '--json'])
  expect(curated).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /labelled: 1 labelled rows of labels\.jsonl were made again since.*: width\/3 \([0-9a-f]{12}\)/,
    ),
  })
  expect(curated.err).toMatch(/labelled: 1 labelled rows of labels\.jsonl are no rows of this run: height\/1/)
  expect(JSON.parse(curated.out).counts).toMatchObject({
    kept: 1,
    dropped: { 'labelled/label_bad': 1, 'labelled/label_disagreement': 1 },
  })

  const { config: ran, notes } = await manifestIn(here)
  const file = await readFile(join(here.folder, 'labels.jsonl'))
  expect(ran.filters.at(-1)).toMatchObject({ name: 'labelled', options: { sha256: sha256(file) } })
  const counts = { labelled: 4, good: 2, bad: 1, unsure: 0, disagreement: 1, older_text: 1, no_row: 1 }
  const examples = ['width/3', 'height/1']
  expect(notes).toEqual([{ by: 'labelled', about: 'labels.jsonl', counts, examples }])
  expect(await rowsIn(here)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ task_id: 'width/1', label: 'bad', label_by: 'Ann', kept: false }),
      expect.objectContaining({
        task_id: 'width/2',
        label: 'disagreement',
        label_by: 'Ben, Ann',
        kept: false,
      }),
      expect.objectContaining({ task_id: 'width/3', label: null, label_by: null, kept: true }),
    ]),
  )
})

test('labels that are broken cost nothing: one line, and the export stays', async () => {
  await using here = await place()
  await here.tasks([{}])
  expect((await here.kindling(['run', config])).code).toBe(0)
  const before = await manifestIn(here)
  const missing = await here.kindling(['curate', withLabels])
  await writeFile(join(here.folder, 'labels.jsonl'), asLines([{ label: 'good' }]))
  const broken = await here.kindling(['curate', withLabels])
  expect(missing).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^labels\.jsonl: there is no such.*\n$/),
  })
  expect(broken).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^labels\.jsonl:1: .* is missing.*\n$/),
  })
  expect(await manifestIn(here)).toEqual(before)
})
