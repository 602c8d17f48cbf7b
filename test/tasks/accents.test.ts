import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

const together = 'caf\u00e9'
const apart = 'cafe\u0301'
const pairs = [
  [together, apart],
  [apart, together],
  [together, together],
  [apart, apart],
] as const

test.each(pairs)('files that lie there as %j are found as %j', async (lies, asked) => {
  await using folder = await folderWithImage()
  await rename(join(folder.path, 'a.png'), join(folder.path, `${lies}.png`))
  await folder.lines(`${lies}.jsonl`, [row({ image: `${asked}.png` })])
  for (const pattern of [`${asked}.jsonl`, `${asked}*.jsonl`]) {
    const { tasks } = await takeIn([jsonl(join(folder.path, pattern), { fields, source })])
    expect(tasks).toHaveLength(1)
  }
})

test('where both lie there, each is taken by its own name', async () => {
  await using folder = await folderWithImage()
  for (const name of [together, apart]) await folder.lines(`${name}.jsonl`, [row({ id: name })])
  for (const name of [together, apart]) {
    const { tasks } = await takeIn([jsonl(join(folder.path, `${name}.jsonl`), { fields, source })])
    expect(tasks).toMatchObject([{ id: name }])
  }
})

test('ids that look the same are the same', async () => {
  await using folder = await folderWithImage()
  const file = await folder.lines('tasks.jsonl', [row({ id: together }), row({ id: apart })])
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    `tasks.jsonl:2: id: "${apart}" is also at tasks.jsonl:1; ids must differ`,
  ])
})
