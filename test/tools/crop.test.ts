import sharp from 'sharp'
import { expect, test } from 'vitest'
import { crop } from '../../tools/crop.ts'
import { shown } from './context.ts'

/** Each pixel says where it is. */
const chart = (width: number, height: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)]
      return [x, y, 7][at % 3] ?? 0
    }),
    { raw: { width, height, channels: 3 } },
  )
    .png()
    .toBuffer()

/** What is shown of a region, and its pixels. */
async function cropped(size: [number, number], bbox_2d: number[], more: object = {}) {
  await using given = await shown(await chart(...size), await chart(3, 2))
  const { parts } = await crop().run({ bbox_2d, ...more }, given.context)
  const [text, picture] = parts
  if (text?.type !== 'text' || picture?.type !== 'image') throw new Error('no text, or no image')
  const { width, height, mime } = picture.image
  const pixels = await sharp(await given.context.bytes(picture.image))
    .removeAlpha()
    .raw()
    .toBuffer()
  const at = (x: number, y: number) => [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
  return { text: text.text, width, height, mime, at }
}

test('a region is cut out pixel by pixel', async () => {
  const { text, width, height, mime, at } = await cropped([200, 100], [20, 30, 120, 90])
  expect({ width, height, mime }).toEqual({ width: 100, height: 60, mime: 'image/png' })
  expect([at(0, 0), at(99, 59)]).toEqual([
    [20, 30, 7],
    [119, 89, 7],
  ])
  expect(text).toBe('[20, 30, 120, 90] of image_1\n\nImages: image_3 (100x60)')
})

test('what lies outside of the image is left away, and parts of pixels are whole ones', async () => {
  const { text, at } = await cropped([200, 100], [-50, 30.7, 80.2, 1e9])
  expect(text).toBe('[0, 30, 81, 100] of image_1\n\nImages: image_3 (81x70)')
  expect(at(80, 69)).toEqual([80, 99, 7])
})

test('a small region is magnified by a whole number and nothing is made up', async () => {
  const { text, width, height, at } = await cropped([200, 100], [10, 10, 30, 40], { label: 'a "sign"' })
  expect(text).toBe(
    '[10, 10, 30, 40] of image_1, magnified 3 times ("a \\"sign\\"")\n\nImages: image_3 (60x90)',
  )
  expect([width, height]).toEqual([60, 90])
  expect([at(0, 0), at(2, 2), at(3, 2), at(59, 89)]).toEqual([
    [10, 10, 7],
    [10, 10, 7],
    [11, 10, 7],
    [29, 39, 7],
  ])
})

test('another image can be looked at', async () => {
  expect((await cropped([200, 100], [1, 0, 3, 2], { image: 'image_2' })).at(55, 55)).toEqual([2, 1, 7])
})

const wrong: [number[], RegExp][] = [
  [[30, 0, 30, 10], /^The box \[30, 0, 30, 10\] is empty: .*; image_1 is 200x100 pixels\.$/],
  [[0, 50, 10, 40], /is empty: x1 must be less than x2 and y1 less than y2; image_1 is 200x100/],
  [[200, 0, 300, 10], /lies outside of the image; image_1 is 200x100/],
  [[0, -20, 10, 0], /lies outside of the image/],
  [[0.1, 0.2, 0.5, 0.6], /is not in pixels; image_1 is 200x100/],
  [[0, 4, 200, 5], /is too thin: one side may be 100 times the other at most/],
]
test.each(wrong)('the box %j is refused with the true size', async (box, says) => {
  await expect(cropped([200, 100], box)).rejects.toThrow(says)
})

test('it can have another name', () => {
  expect([crop().name, crop({ name: 'zoom' }).name]).toEqual(['image_zoom_in_tool', 'zoom'])
})
