import { expect, test } from 'vitest'
import { type Family, pictureRules } from '../../../output/length/families.ts'

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
  const rule = pictureRules[family]
  const bounds = [rule.pixels, { least: 3136, most: 262_144 }]
  return bounds.map(pixels => rule.tokens({ width, height }, pixels))
}

/** One token before the picture and one behind it. */
const around = (counted: number[]) => counted.map(count => count + 2)

test.each(facts)('a picture of %i × %i pixels is as many tokens as in the processors', (...fact) => {
  const [width, height, qwen2_5, qwen3] = fact
  expect(tokens('qwen2_5_vl', width, height)).toEqual(around(qwen2_5))
  expect(tokens('qwen3_vl', width, height)).toEqual(around(qwen3))
})
