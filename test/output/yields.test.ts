import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { yieldsIn, yieldText } from '../../output/yields.ts'
import { temporaryFolder } from '../fixtures.ts'

test.each([
  [{}, 'trl 5'],
  [{ no_thought: 1 }, 'trl 5 (1 declined: no_thought 1)'],
  [{ b: 1, a: 1, reminded: 3 }, 'trl 5 (5 declined: reminded 3, a 1, b 1)'],
])('what a target declines stands by its rows, most frequent first: %j', (declined, text) => {
  expect(yieldText({ name: 'trl', rows: 5, declined })).toBe(text)
})

const target = { name: 'hf', rows: 2, declined: {}, columns: ['id'] }

test.each([
  ['as its manifest says', JSON.stringify({ targets: [target] }), [{ name: 'hf', rows: 2, declined: {} }]],
  ['none where there is no manifest', null, []],
  ['none where it is another one', '{"targets":[{"name":"hf"}]}', []],
  ['none where it is cut', '{"targets":', []],
])('yields of an export are %s', async (_, manifest, yields) => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'export'))
  if (manifest !== null) await writeFile(join(folder.path, 'export/manifest.json'), manifest)
  expect(await yieldsIn(join(folder.path, 'export'))).toEqual(yields)
})
