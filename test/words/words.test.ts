import { expect, test } from 'vitest'
import { bandKeys, bandRows, bands, signature } from '../../words/minhash.ts'
import { jaccard, shingles } from '../../words/shingles.ts'
import { speaksOf, wordsIn } from '../../words/words.ts'

type Readings = Partial<Record<Parameters<typeof wordsIn>[1], string[]>>

test.each<[string, Readings]>([
  ['How many, exactly?', { likeness: ['how', 'many', 'exactly'], mention: ['how', 'many', 'exactly'] }],
  [
    'It costs -3.5 % more',
    {
      likeness: ['it', 'costs', '-3.5', '%', 'more'],
      quotation: ['it', 'costs', '3', '5', 'more'],
      mention: ['it', 'cost', '3', '5', 'more'],
      name: ['it', 'costs', '3.5', 'more'],
    },
  ],
  ['3 + 5', { likeness: ['3', '+', '5'], quotation: ['3', '5'] }],
  ['Ｗｉｄｅ ﬁne', { likeness: ['wide', 'fine'], quotation: ['wide', 'fine'], mention: ['wide', 'fine'] }],
  [
    '几只猫 cats',
    {
      likeness: ['几', '只', '猫', 'cats'],
      quotation: ['几', '只', '猫', 'cats'],
      mention: ['几只猫', 'cat'],
      name: ['几只猫', 'cats'],
    },
  ],
  ['ไทย', { likeness: ['ไ', 'ท', 'ย'], quotation: ['ไทย'] }],
  ['São glasses b2', { likeness: ['são', 'glasses', 'b', '2'], mention: ['sao', 'glasse', 'b2'] }],
  ['theRedHouse_1,234%20b2.png', { name: ['the', 'red', 'house', '1234', 'b', '2', 'png'] }],
  ['100% of it', { name: ['100', 'of', 'it'] }],
  ['', { likeness: [], quotation: [], mention: [], name: [] }],
])('the words of %j', (text, readings) => {
  for (const [purpose, words] of Object.entries(readings))
    expect(wordsIn(text, purpose as keyof Readings), purpose).toEqual(words)
})

test.each<[string, string, boolean]>([
  ['Two Cafés stand there.', 'cafe', true],
  ['It is the Red House.', 'red houses', true],
  ['It is the red, old house.', 'red house', false],
  ['Redder houses', 'red', false],
])('%j speaks of %j: %s', (text, phrase, expected) => expect(speaksOf(text, phrase)).toBe(expected))

test.each<[string, string, number]>([
  ['a b c d', 'a b c d', 1],
  ['a b c d', 'a b c e', 1 / 3],
  ['a b c d', 'e f g h', 0],
  ['a', 'a', 1],
])('%j and %j have %d in common', (one, other, share) => {
  expect(jaccard(shingles(wordsIn(one, 'likeness'), 3), shingles(wordsIn(other, 'likeness'), 3))).toBeCloseTo(
    share,
  )
})

/** Evenly spread numbers that anyone can have again (Park and Miller). */
function numbers(seed: number) {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state
  }
}

test.each([0.5, 0.8, 0.9])('sets that are %d alike meet in a band as often as is said', likeness => {
  const next = numbers(11)
  const [size, pairs] = [200, 300]
  const common = Math.round((2 * size * likeness) / (1 + likeness))
  let met = 0
  for (let pair = 0; pair < pairs; pair++) {
    const shared = Array.from({ length: common }, next)
    const set = () => Uint32Array.from([...shared, ...Array.from({ length: size - common }, next)])
    const [one, other] = [bandKeys(signature(set()), 0), bandKeys(signature(set()), 0)]
    if (one.some((key, band) => key === other[band])) met++
  }
  const said = 1 - (1 - likeness ** bandRows) ** bands
  const deviation = Math.sqrt((said * (1 - said)) / pairs)
  expect(Math.abs(met / pairs - said)).toBeLessThan(4 * deviation + 0.01)
})
