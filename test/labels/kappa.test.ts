import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cohensKappa, krippendorffsAlpha, type WordPair } from '../../labels/kappa.ts'

interface Told {
  kappa: { said: WordPair[]; kappa: number | null; error: number | null; alpha: number | null }[]
  alpha: { units: string[][]; alpha: number | null }[]
}

/** What scikit-learn, statsmodels and krippendorff say: made by agreement.py beside it. */
const told: Told = JSON.parse(readFileSync(join(import.meta.dirname, 'agreement.json'), 'utf8'))

/** A figure to ten digits; null where there is none. */
const close = (value: number | null) => (value === null ? null : expect.closeTo(value, 10))

test('there is something to compare with', () => {
  expect(told.kappa.length).toBeGreaterThan(15)
  expect(told.alpha.length).toBeGreaterThan(10)
})

test.each(told.kappa.map((each, index) => ({ ...each, index, rows: each.said.length })))(
  'two about $rows rows agree as others count it ($index)',
  ({ said, kappa, error, alpha }) => {
    expect(cohensKappa(said)).toEqual(kappa === null ? null : { estimate: close(kappa), error: close(error) })
    expect(krippendorffsAlpha(said)).toEqual(close(alpha))
  },
)

test.each(told.alpha.map((each, index) => ({ ...each, index, rows: each.units.length })))(
  'several about $rows rows, not each about all, agree as others count it ($index)',
  ({ units, alpha }) => {
    expect(krippendorffsAlpha(units)).toEqual(close(alpha))
  },
)

test.each<[string, WordPair[]]>([
  ['no rows', []],
  [
    'one word for all',
    [
      ['good', 'good'],
      ['good', 'good'],
    ],
  ],
])('of %s there is no agreement to tell', (_, said) => {
  expect(cohensKappa(said)).toBeNull()
  expect(krippendorffsAlpha(said)).toBeNull()
})

test('rare bad rows make kappa small, however often two agree', () => {
  const said: WordPair[] = [...Array<WordPair>(95).fill(['good', 'good']), ['bad', 'good'], ['good', 'bad']]
  expect(cohensKappa(said)?.estimate).toBeLessThan(0.05)
})
