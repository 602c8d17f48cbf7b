import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../fixtures.ts'
import { freshShares } from './changes.ts'
import { chunkStore } from './chunk-store.ts'

test('a store that cuts by content has what lies behind an insertion', async () => {
  await using folder = await temporaryFolder()
  const bytes = randomBytes(4_000_000)
  const store = chunkStore()
  const keep = async (...parts: Buffer[]) => {
    await writeFile(join(folder.path, 'file'), Buffer.concat(parts))
    return store.keep(folder.path)
  }
  expect(await keep(bytes)).toEqual({ bytes: 4_000_000, fresh: 4_000_000 })
  expect((await keep(bytes)).fresh).toBe(0)
  const { fresh } = await keep(Buffer.from('x'), bytes)
  expect(fresh).toBeGreaterThan(0)
  expect(fresh).toBeLessThanOrEqual(256 * 1024)
  const mean = bytes.length / (store.known.size - 2) / 1024
  expect(mean).toBeGreaterThan(64 / 2)
  expect(mean).toBeLessThan(64 * 2)
})

test.each([
  ['text', { rows: 3000, pictured: false }],
  ['rows with a picture', { rows: 600, pictured: true }],
])(
  'of %s, one row more in a hundred, or another fact, makes at most a twentieth of the bytes new',
  async (_, shape) => {
    await using folder = await temporaryFolder()
    const names = ['1 % more rows', 'another fact in 1 % of rows', 'another name and version']
    const measured = await Array.fromAsync(freshShares(join(folder.path, 'run'), shape, names))
    expect(measured.map(({ name }) => name)).toEqual(names)
    for (const { name, shares } of measured) {
      expect([name, shares.length]).toEqual([name, 1])
      for (const share of shares) {
        expect(share, name).toBeGreaterThan(0)
        expect(share, name).toBeLessThanOrEqual(0.05)
      }
    }
  },
)
