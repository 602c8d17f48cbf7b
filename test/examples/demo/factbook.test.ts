import { expect, test } from 'vitest'
import { factbookPassages, textOf } from '../../../examples/demo/factbook.ts'
import { amountIn } from '../../../examples/demo/flags/facts.ts'

test('Every field of every country is one passage, with its parts in words', async () => {
  const passages = await Array.fromAsync(factbookPassages)
  const byId = new Map(passages.map(passage => [passage.id, passage]))
  expect(byId.size).toBe(passages.length)
  expect(passages.length).toBeGreaterThan(30_000)
  expect(byId.get('africa/ng#Geography/Area')).toEqual({
    id: 'africa/ng#Geography/Area',
    title: 'Niger — Geography — Area',
    text: 'total: 1.267 million sq km; land: 1,266,700 sq km; water: 300 sq km',
  })
  expect(byId.get('africa/cg#Geography/Coastline')?.title).toMatch(/^Democratic Republic of the Congo — /)
  expect(passages.filter(({ text }) => /\+\+|\n/.test(text))).toEqual([])
})

test('A field without a word in it is left out', () => {
  expect(textOf({ text: null })).toBeUndefined()
  expect(textOf({ total: { text: '5 km' }, note: { text: ' ++ a ++ b' }, empty: { text: '' } })).toBe(
    'total: 5 km; note: a; b',
  )
})

test.for([
  ['1.267 million sq km', 'sq km', 1_267_000],
  ['2,381,741 sq km', 'sq km', 2_381_741],
  ['389 sq km (Saint Vincent 344 sq km)', 'sq km', undefined],
  ['0 sq km (some lakes and streams)', 'sq km', 0],
  ['643,801 sq km; 551,500 sq km (metropolitan France)', 'sq km', undefined],
  ['46.6 km', 'km', 46.6],
  ['0 km (landlocked)', 'km', 0],
  ['46.6 km', 'sq km', undefined],
  ['18,045,729 (July 2015 est.)', '', 18_045_729],
  ['no indigenous inhabitants', '', undefined],
  [undefined, 'km', undefined],
] as const)('%s in %s is %s', ([text, unit, value]) => {
  expect(amountIn(text, unit)).toBe(value)
})
