import { expect, test } from 'vitest'
import { jaccard, shingles } from '../../words/shingles.ts'
import { wordsIn } from '../../words/words.ts'

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
