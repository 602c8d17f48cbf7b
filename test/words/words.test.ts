import { expect, test } from 'vitest'
import { bandKeys, bandRows, bands, signature } from '../../words/minhash.ts'
import { jaccard, shingles, wordsOf } from '../../words/words.ts'

test.each<[string, string[]]>([
  ['How many, exactly?', ['how', 'many', 'exactly']],
  ['It costs -3.5 % more', ['it', 'costs', '-3.5', '%', 'more']],
  ['3 + 5', ['3', '+', '5']],
  ['Ｗｉｄｅ ﬁne', ['wide', 'fine']],
  ['几只猫 cats', ['几', '只', '猫', 'cats']],
  ['', []],
])('the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test.each<[string, string, number]>([
  ['a b c d', 'a b c d', 1],
  ['a b c d', 'a b c e', 1 / 3],
  ['a b c d', 'e f g h', 0],
  ['a', 'a', 1],
])('%j and %j have %d in common', (one, other, share) => {
  expect(jaccard(shingles(wordsOf(one), 3), shingles(wordsOf(other), 3))).toBeCloseTo(share)
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
