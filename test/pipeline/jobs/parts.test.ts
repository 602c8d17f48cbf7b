import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byPart, type Parts, partsFor } from '../../../pipeline/jobs/parts.ts'

const sizes = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 60 })

test.each<[string, number[], Parts]>([
  ['nothing', [], []],
  ['one extension', [3000], [0]],
  ['a small one more', [3000, 30], [0, 1]],
  ['two that are as large', [3000, 30, 30], [0, 1, 1]],
  ['one that is larger than half of all', [3000, 1501], [0, 0]],
  ['one that is half of it', [3000, 1500], [0, 1]],
  ['one that takes all small ones up', [3000, 400, 100, 300], [0, 1, 1, 1]],
])('parts of %s', (_, sizes, parts) => {
  expect(partsFor(sizes)).toEqual(parts)
})

const totals = (sizes: readonly number[]) => {
  const sums: number[] = []
  for (const [extension, part] of partsFor(sizes).entries())
    sums[part] = (sums[part] ?? 0) + (sizes[extension] ?? 0)
  return sums
}

test('each part is at least twice as large as the next one, so that there are few', () =>
  fc.assert(
    fc.property(sizes, sizes => {
      const sums = totals(sizes)
      for (const [part, sum] of sums.slice(1).entries()) expect(sums[part]).toBeGreaterThanOrEqual(2 * sum)
    }),
  ))

test('an extension that comes later leaves all parts but the last ones as they are', () =>
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 1000 }), (sizes, more) => {
      const [before, after] = [partsFor(sizes), partsFor([...sizes, more])]
      const joined = after.at(-1) ?? 0
      expect(after.filter(part => part < joined)).toEqual(before.filter(part => part < joined))
      expect(before.slice(after.indexOf(joined))).not.toContain(joined - 1)
    }),
  ))

test('a row is written again only when its part grows by half', () =>
  fc.assert(
    fc.property(sizes, sizes => {
      const all = sizes.reduce((sum, size) => sum + size, 0)
      for (const [extension, own] of sizes.entries()) {
        const partSizes = new Set<number>()
        for (let end = extension + 1; end <= sizes.length; end++) {
          const known = sizes.slice(0, end)
          partSizes.add(totals(known)[partsFor(known)[extension] ?? 0] ?? 0)
        }
        expect(partSizes.size).toBeLessThanOrEqual(1 + Math.log(all / own) / Math.log(1.5) + 1e-9)
      }
    }),
    { numRuns: 50 },
  ))

const lines = [0, 1, 0, 2, 1].map((extension, number) => ({ extension, number }))

async function* pass(isIn: (extension: number) => boolean) {
  yield* lines.filter(({ extension }) => isIn(extension))
}

test.each<[string, Parts, number[]]>([
  ['no extensions', [], [0, 1, 2, 3, 4]],
  ['each in a part of its own', [0, 1, 2], [0, 2, 1, 4, 3]],
  ['the last two in one', [0, 1, 1], [0, 2, 1, 3, 4]],
  ['one that nobody wrote down', [0, 1], [0, 2, 1, 3, 4]],
])('every item comes once, part by part, with %s', async (_, parts, numbers) => {
  const items = await Array.fromAsync(byPart(parts, pass))
  expect(items.map(({ number }) => number)).toEqual(numbers)
  expect(items.map(({ part }) => part)).toEqual(items.map(({ part }) => part).sort())
})
