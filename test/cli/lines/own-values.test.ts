import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cureForMissing, withOwnValues } from '../../../cli/lines/own-values.ts'

const orders: [given: string, meant: string][] = [
  ['run --wait a.config.ts', 'run a.config.ts --wait'],
  ['run --wait a.config.ts --json', 'run a.config.ts --wait --json'],
  ['curate --wait ./configs/a.js', 'curate ./configs/a.js --wait'],
  ['plan --wait a.mts 15m', 'plan a.mts --wait 15m'],
  ['run --slot 7 --wait ../a.config.mts', 'run --slot 7 ../a.config.mts --wait'],
  ['run --wait 15m a.config.ts', 'run --wait 15m a.config.ts'],
  ['run --wait 0.5h a.config.ts', 'run --wait 0.5h a.config.ts'],
  ['run a.config.ts --wait', 'run a.config.ts --wait'],
  ['run a.config.ts --wait soon', 'run a.config.ts --wait soon'],
  ['run --wait --json a.config.ts', 'run --wait --json a.config.ts'],
  ['run --wait=1h a.config.ts', 'run --wait=1h a.config.ts'],
  ['run --metrics a.ts a.config.ts', 'run --metrics a.ts a.config.ts'],
]

test.each(orders)('%s means %s', (given, meant) => {
  expect(withOwnValues(given.split(' ')).join(' ')).toBe(meant)
})

const missing: [given: string, cure: RegExp][] = [
  [
    'curate --remeasure answer a.config.ts',
    /^; --remeasure takes all that stands behind it, so write it last$/,
  ],
  ['rescue --reason a --task 1 2 a.config.ts', /^; --task takes all/],
  ['run', /^$/],
]

test.each(missing)('of %s without its config the cure is %s', (given, cure) => {
  expect(cureForMissing(given.split(' '))).toMatch(cure)
})

test('every option that may stand alone, and every one that takes several values, is known here', async () => {
  const main = await readFile(join(import.meta.dirname, '../../../cli/main.ts'), 'utf8')
  const alone = [...main.matchAll(/'(--[\w-]+) \[/g)].map(([, option = '']) => option)
  const several = [...main.matchAll(/'(--[\w-]+) <\w+\.\.\.>/g)].map(([, option = '']) => option)
  expect([alone.length, several.length]).toEqual([1, 3])
  for (const option of alone) expect(withOwnValues([option, 'a.ts'])).toEqual(['a.ts', option])
  for (const option of several) expect(cureForMissing([option])).toContain(option)
})
