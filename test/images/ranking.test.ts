import { expect, test } from 'vitest'
import { ownFlag } from '../../examples/demo/flags/countries.ts'
import { featureSize, features } from '../../images/features.ts'
import { hashWords, perceptualHash } from '../../images/perceptual-hash.ts'
import { packed, ranked } from '../../images/ranking.ts'
import { glanceOf, partsOf } from '../../images/template.ts'
import { png } from '../fixtures.ts'

test('A copy is first even where many others look more like the query', async () => {
  const query = await ownFlag('br')
  const look = packed(await features(query))
  const hash = hashWords(await perceptualHash(query))
  const [own, other] = [partsOf(await glanceOf(query)), partsOf(await glanceOf(await png(40, 30, '#3333cc')))]
  const count = 300
  const looks = {
    numbers: Array.from({ length: count }, (_, number) => number),
    vectors: new Uint8Array(count * featureSize),
    hashes: new Uint32Array(count * 4),
  }
  for (const number of looks.numbers) looks.vectors.set(look, number * featureSize)
  const copy = 200
  looks.vectors.fill(0, copy * featureSize, (copy + 1) * featureSize)
  looks.hashes.set(hash, copy * 4)
  const [first, second] = await ranked(query, looks, number => (number === copy ? own : other))
  expect(first?.number).toBe(copy)
  expect(first?.score).toBeGreaterThan(0.9)
  expect(second?.number).toBe(0)
})

test('Nothing is found among no pictures', async () => {
  const none = { numbers: [], vectors: new Uint8Array(), hashes: new Uint32Array() }
  expect(await ranked(await png(), none, () => [])).toEqual([])
})
