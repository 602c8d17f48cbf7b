import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../schemas/json.ts'
import { sampleOf, spread } from '../../xray/exported.ts'
import { trlTrainer } from '../../xray/trainers/trl.ts'
import { verlTrainer } from '../../xray/trainers/verl.ts'
import { temporaryFolder } from '../fixtures.ts'

test.each([
  [0, 5, []],
  [3, 5, [0, 1, 2]],
  [10, 1, [0]],
  [10, 3, [0, 3, 6]],
])('of %i rows %i are spread over all', (total, count, places) => {
  expect(spread(total, count)).toEqual(places)
})

const base64 = Buffer.from('picture').toString('base64')
const row = (number: number): JsonObject => ({
  id: `task/${number}`,
  key: `key${number}`,
  messages: [{ role: 'user', content: `question ${number}` }],
  images: [{ bytes: base64, path: 'a.png' }],
})

async function exportIn(folder: string, files: Record<string, JsonObject[]>) {
  for (const [path, rows] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), rows.map(row => JSON.stringify(row)).join('\n'))
  }
}

test('rows of all shards are taken, each with its pictures and its row in hf', async () => {
  await using folder = await temporaryFolder()
  await exportIn(folder.path, {
    'verl_sft/train/train-00000-of-00002.jsonl': [row(1), row(2), row(3)],
    'verl_sft/train/train-00001-of-00002.jsonl': [row(4), row(5)],
    'hf/data/train-00000-of-00001.jsonl': [row(5), { ...row(1), tools: '[]' }],
    'manifest.json': [{}],
    'verl_sft/sft.yaml': [{ name: 'a', data: { max_length: 99, name: 'b' } }],
  })
  const sample = await sampleOf(folder.path, verlTrainer, 3)
  expect(sample).toMatchObject({ target: 'verl_sft', of: 5, settings: { max_length: 99, name: 'a' } })
  expect(sample.rows.map(({ id }) => id)).toEqual(['task/1', 'task/2', 'task/4'])
  expect(sample.rows.map(({ view }) => view?.tools)).toEqual(['[]', undefined, undefined])
  expect(sample.rows.map(({ pictures }) => String(pictures[0]))).toEqual(
    Array(3)
      .fill('picture')
      .map(text => String(Buffer.from(text))),
  )
  // Of any target by its own folder, whichever trainer it is made for.
  const other = await sampleOf(join(folder.path, 'verl_sft'), trlTrainer, 1)
  expect(other).toMatchObject({ target: 'verl_sft', rows: [{ id: 'task/1' }] })
})

test('an export without a target for the trainer is told, with what there is', async () => {
  await using folder = await temporaryFolder()
  await exportIn(folder.path, { 'hf/data/train-00000-of-00001.jsonl': [row(1)], 'manifest.json': [{}] })
  await expect(sampleOf(folder.path, trlTrainer, 1)).rejects.toThrow(
    /has no target for trl \(trl\); there are hf: export one for it/,
  )
  await exportIn(folder.path, { 'trl/data/train-00000-of-00001.jsonl': [] })
  await expect(sampleOf(folder.path, trlTrainer, 1)).rejects.toThrow(/trl has no rows; give/)
  await expect(sampleOf(join(folder.path, 'none'), trlTrainer, 1)).rejects.toThrow(
    'give the folder of an export',
  )
})
