import { expect, test } from 'vitest'
import { visionFamilies } from '../../../output/length/families.ts'
import type { Family } from '../../../output/length/family.ts'

/**
 * Image tokens that the processors of transformers 5.6.0 make of a picture, for each family as it comes and between
 * 3,136 and 262,144 pixels.
 */
const facts: [width: number, height: number, qwen2_5: [number, number], qwen3: [number, number]][] = [
  [1, 1, [4, 4], [64, 4]],
  [8, 6, [6, 6], [70, 6]],
  [28, 28, [4, 4], [64, 4]],
  [42, 70, [4, 4], [77, 6]],
  [30, 40, [6, 6], [70, 6]],
  [31, 17, [6, 6], [66, 6]],
  [48, 80, [6, 6], [77, 4]],
  [98, 126, [16, 16], [80, 12]],
  [112, 336, [48, 48], [70, 40]],
  [224, 224, [64, 64], [64, 49]],
  [1, 150, [25, 25], [98, 22]],
  [2000, 11, [27, 27], [108, 24]],
  [640, 480, [391, 315], [300, 234]],
  [800, 600, [609, 315], [475, 234]],
  [1000, 700, [900, 315], [682, 247]],
  [1024, 1024, [1369, 324], [1024, 256]],
  [4032, 3024, [15552, 315], [11844, 234]],
  [5000, 4000, [16302, 320], [16302, 238]],
  [9000, 60, [642, 223], [562, 195]],
]

const tokens = (family: Family, width: number, height: number) => {
  const rule = visionFamilies[family]
  const bounds = [rule.pixels, { least: 3136, most: 262_144 }]
  return bounds.map(pixels => rule.tokens({ width, height }, pixels))
}

/**
 * The same by the processors of transformers 4.57.6 for families that scale to no bounds of pixels. Each has in common
 * with the models on the Hub what decides it: Gemma 3 without pan and scan, LLaVA 1.5 and 1.6 of 336 pixels, InternVL 3
 * with 12 tiles at most.
 */
const unboundedFacts: [
  width: number,
  height: number,
  gemma3: number,
  llava: number,
  next: number,
  internvl: number,
][] = [
  [8, 6, 256, 576, 1368, 3328],
  [28, 28, 256, 576, 1176, 256],
  [30, 40, 256, 576, 1032, 3328],
  [1, 150, 256, 576, 600, 3328],
  [2000, 11, 256, 576, 576, 3328],
  [224, 224, 256, 576, 1176, 256],
  [333, 500, 256, 576, 1476, 1792],
  [500, 333, 256, 576, 1464, 1792],
  [449, 448, 256, 576, 2928, 256],
  [480, 640, 256, 576, 2352, 3328],
  [640, 480, 256, 576, 2340, 3328],
  [672, 336, 256, 576, 1752, 768],
  [700, 300, 256, 576, 1944, 2816],
  [1000, 700, 256, 576, 2242, 1792],
  [1024, 1024, 256, 576, 2928, 2560],
  [1200, 400, 256, 576, 2328, 1024],
  [400, 1200, 256, 576, 2376, 1024],
  [1344, 448, 256, 576, 2328, 1024],
  [1600, 900, 256, 576, 1948, 2304],
  [1793, 900, 256, 576, 1752, 2304],
  [4032, 3024, 256, 576, 2340, 3328],
  [9000, 60, 256, 576, 576, 3328],
]

/** What stands around a picture, in the order of the facts. */
const unboundedFamilies: [family: Family, around: number][] = [
  ['gemma3', 4],
  ['llava', 0],
  ['llava_next', 0],
  ['internvl', 2],
]

test.each(unboundedFacts)('a picture of %i × %i pixels is as many as there in other families', (...fact) => {
  const [width, height, ...counted] = fact
  for (const [index, [family, around]] of unboundedFamilies.entries())
    expect([family, tokens(family, width, height)[0]]).toEqual([family, Number(counted[index]) + around])
})

test('pictures that a trainer scales first are counted as they are then', () => {
  const { tokens: count, pixels } = visionFamilies.internvl
  const scaled = count({ width: 1000, height: 700 }, pixels)
  expect(count({ width: 2000, height: 1400 }, { least: 1, most: 700_000 })).toBe(scaled)
  expect(count({ width: 100, height: 70 }, { least: 700_000, most: 800_000 })).toBe(scaled)
})

/** One token before the picture and one behind it. */
const around = (counted: number[]) => counted.map(count => count + 2)

test.each(facts)('a picture of %i × %i pixels is as many tokens as in the processors', (...fact) => {
  const [width, height, qwen2_5, qwen3] = fact
  expect(tokens('qwen2_5_vl', width, height)).toEqual(around(qwen2_5))
  expect(tokens('qwen3_vl', width, height)).toEqual(around(qwen3))
})
