import { afterAll, expect, test } from 'vitest'
import { turnsRead } from '../../../checks/reading/turns-read.ts'
import { blankPicture } from '../../../checks/signals/blank-picture.ts'
import { openCheckBench } from '../../check-context.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

const white = 'from PIL import Image\nImage.new("RGB", (50, 50), "white")'
const dotted = 'im = image_1.copy(); im.putpixel((1, 1), (0, 0, 0)); display(im)'

/** What was really shown last before the answer. */
test.each<[string[], boolean]>([
  [[white], true],
  [[dotted, white], true],
  [[dotted], false],
  [[white, dotted], false],
  [[`print(8)\n${white}`], false],
  [['print(8)'], false],
])('%j before the answer', async (codes, seen) => {
  const made = await bench.record(codes)
  const found = await blankPicture.find({ trajectory: made, steps: turnsRead(made) }, bench.context)
  expect(found?.turn ?? null).toBe(seen ? codes.length + 1 : null)
})
