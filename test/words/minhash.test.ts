import { expect, test } from 'vitest'
import { bandKeys, bandRows, bands, signature } from '../../words/minhash.ts'

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
