import sharp from 'sharp'
import { expect, test } from 'vitest'
import { countries, ownFlag } from '../../examples/demo/flags/countries.ts'
import {
  copyDistance,
  distances,
  hashDistance,
  hashWords,
  perceptualHash,
} from '../../images/perceptual-hash.ts'
import { png } from '../fixtures.ts'

const share = (values: boolean[]) => values.filter(Boolean).length / values.length

test('Copies of flags, which are the hardest to tell apart, are near each other, and other flags are not', async () => {
  const copied: boolean[] = []
  const hashes: string[] = []
  for (const { iso } of (await countries()).slice(0, 60)) {
    const flag = await sharp(await ownFlag(iso))
      .png()
      .toBuffer()
    const hash = await perceptualHash(flag)
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    hashes.push(hash)
    const copies = [sharp(flag).resize(90, 70, { fit: 'fill' }).png(), sharp(flag).jpeg({ quality: 50 })]
    for (const copy of copies)
      copied.push(hashDistance(hash, await perceptualHash(await copy.toBuffer())) <= copyDistance)
  }
  const others = hashes.flatMap((one, at) => hashes.slice(at + 1).map(other => hashDistance(one, other)))
  expect(share(copied)).toBeGreaterThan(0.9)
  expect(share(others.map(distance => distance <= copyDistance))).toBeLessThan(0.01)
})

test('Plain pictures of different colours, mirrored pictures and crops are no copies', async () => {
  const plain = await Promise.all(['#cc3333', '#33cc33', '#3333cc'].map(colour => png(40, 30, colour)))
  const shapes =
    '<circle cx="20" cy="20" r="18" fill="red"/><rect x="50" y="30" width="35" height="25" fill="blue"/>'
  const picture = await sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">${shapes}</svg>`),
  )
    .flatten({ background: 'white' })
    .png()
    .toBuffer()
  const mirrored = await sharp(picture).flop().toBuffer()
  const crop = await sharp(picture).extract({ left: 30, top: 0, width: 60, height: 60 }).toBuffer()
  const hashes = await Promise.all([...plain, picture, mirrored, crop].map(perceptualHash))
  const apart = hashes.flatMap((one, at) => hashes.slice(at + 1).map(other => hashDistance(one, other)))
  expect(Math.min(...apart)).toBeGreaterThan(copyDistance)
})

test('Distances are numbers of bits', () => {
  const [zeros, ones] = ['0'.repeat(32), 'f'.repeat(32)]
  expect(hashDistance(zeros, ones)).toBe(128)
  expect(hashDistance(`8${zeros.slice(1)}`, zeros)).toBe(1)
  const many = Uint32Array.from([...hashWords(ones), ...hashWords(zeros)])
  expect([...distances(zeros, many)]).toEqual([128, 0])
})
