import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drawings } from '../../../examples/demo/drawings.ts'
import { kept } from '../../../examples/demo/kept.ts'
import { temporaryFolder } from '../../fixtures.ts'

test('what was drawn is not drawn again until other tasks are wanted', async () => {
  await using folder = await temporaryFolder()
  let drawn = 0
  const counted = (count: number) => {
    const source = drawings({ seed: 1, count })
    const read = () => {
      drawn++
      return source.read()
    }
    return kept({ ...source, read }, join(folder.path, 'drawings.sqlite'))
  }
  const fresh = (count: number) => Array.fromAsync(drawings({ seed: 1, count }).read())
  const read = (count: number) => Array.fromAsync(counted(count).read())
  expect(await read(3)).toEqual(await fresh(3))
  expect(await read(3)).toEqual(await fresh(3))
  expect(drawn).toBe(1)
  expect(await read(2)).toEqual(await fresh(2))
  expect(drawn).toBe(2)
})
