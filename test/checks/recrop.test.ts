import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { recrop } from '../../checks/recrop.ts'
import { noContext, openCheckBench } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { random } from '../output/growth/random.ts'

const bench = await openCheckBench()
afterAll(() => bench[Symbol.asyncDispose]())

/** Of a picture of 8 by 6 pixels in one colour. */
const measure = async (codes: string[], options = {}) =>
  recrop(options).measure(await bench.record(codes), bench.context)

const left = 'image_1.crop((0, 0, 4, 6))'
const passing = await bench.record([left, 'image_1.crop((4, 0, 8, 6))'])
const failing = await bench.record([left, left])

describe('recrop', () => {
  checkConformance(async use => use({ check: recrop(), context: bench.context, passing, failing }))
})

test.each<[string, string[], string]>([
  ['the same box', [left, left], '2 repeats 1'],
  [
    'the same box through names',
    ['w, h = image_1.size\nbox = (0, 0, w // 2, h)', left, 'display(image_1.crop(box))'],
    '3 repeats 2',
  ],
  ['the same box of a copy', [left, 'im = image_1.convert("RGB")\nim.crop(box=(0, 0, 4, 6))'], '2 repeats 1'],
  [
    'the same box of a file',
    [left, 'from PIL import Image\nImage.open("image_1.png").crop((0, 0, 4, 6))'],
    '2 repeats 1',
  ],
  [
    'the same region as an array',
    [left, 'import numpy as np\nfrom PIL import Image\nImage.fromarray(np.array(image_1)[0:6, :4])'],
    '2 repeats 1',
  ],
  ['a crop of a crop', [left, 'image_1.crop((0, 0, 6, 6)).crop((0, 0, 4, 6))'], '2 repeats 1'],
  [
    'boxes of a loop',
    [left, 'for box in [(0, 0, 4, 6), (0, 0, 4, 6)]:\n    display(image_1.crop(box))'],
    '2 repeats 1',
  ],
  ['a size asked for again', [`${left}.size`, `region = ${left}\nregion.size`], '2 repeats 1'],
  [
    'the same pixels by unknown boxes',
    ['a = image_1.getbbox()\nimage_1.crop(a)', 'b = image_1.getbbox()\nimage_1.crop(b)'],
    '2 repeats 1',
  ],
  ['the image itself shown twice', ['image_1', 'display(image_1)'], '2 repeats 1'],
  [
    'a box that a branch might have changed',
    ['b = (0, 0, 4, 6)\nimage_1.crop(b)', 'if image_1.width > 300:\n    b = (4, 0, 7, 6)', 'image_1.crop(b)'],
    '3 repeats 1',
  ],
])('%s is the same region', async (_, codes, repeats) => {
  const detail = repeats.replace(/\d/g, cell => `cell ${cell} (turn ${cell})`)
  expect(await measure(codes)).toMatchObject({ passed: false, reason: 'repeated', detail })
})

test.each<[string, string[]]>([
  ['another box', [left, 'image_1.crop((4, 0, 8, 6))']],
  ['a box that overlaps', [left, 'image_1.crop((2, 0, 8, 6))']],
  ['the crop enlarged', [left, `${left}.resize((40, 60))`]],
  ['the crop measured', [left, `import numpy as np\nprint(np.asarray(${left}).mean())`]],
  ['a crop that was not shown, shown', [`c = ${left}`, left]],
  ['a crop that gave nothing, measured', [`c = ${left}`, `c = ${left}\nc.size`]],
  ['a crop that was measured, shown', [`print(${left}.size)`, left]],
  ['a cell that failed, mended', [`display(${left})\n1 / 0`, left]],
  ['something new beside it', [left, `display(${left}, image_1.crop((3, 2, 8, 6)))`]],
  ['an unknown box', [left, 'x = image_1.getpixel((0, 0))[0]\ndisplay(image_1.crop((x, 0, x + 4, 5)))']],
  [
    'a name that was bound anew',
    [
      'b = (0, 0, 4, 6)\ndisplay(image_1.crop(b))',
      'if image_1.width > 3:\n    b = (4, 0, 7, 6)',
      'display(image_1.crop(b))',
    ],
  ],
  ['no image', ['print(1)', 'print(1)']],
])('%s is none', async (_, codes) => {
  expect(await measure(codes)).toMatchObject({ passed: true })
})

test('three repeats are a loop, and how many are allowed is an option', async () => {
  const codes = [left, left, left, left]
  expect(await measure(codes)).toMatchObject({
    reason: 'loop',
    detail: expect.stringContaining('cell 4 (turn 4)'),
  })
  expect(await measure(codes, { allowed: 2 })).toMatchObject({ reason: 'loop' })
  expect(await measure(codes, { allowed: 3 })).toMatchObject({ passed: true, detail: 'allowed: 3' })
  expect(await measure([left, left, left])).toMatchObject({ reason: 'repeated' })
})

test('how much boxes must overlap is an option', async () => {
  const close = ['image_1.crop((0, 0, 8, 6))', 'image_1.crop((0, 0, 8, 5))']
  expect(await measure(close)).toMatchObject({ passed: true })
  expect(await measure(close, { overlap: 0.8 })).toMatchObject({ reason: 'repeated' })
  expect(() => recrop({ overlap: 0 })).toThrow('recrop: overlap is 0; give a share above 0, up to 1')
})

test('code that cannot be read is not judged by its boxes', async () => {
  expect(await measure(['def (:', 'def (:'])).toMatchObject({ passed: true })
})

test('what has no code asks nobody', async () => {
  expect(await recrop().measure(await bench.record([]), noContext)).toEqual({
    passed: true,
    reason: '',
    detail: 'none',
  })
})

test.each<[string, string[], unknown]>([
  ['a box in one cell', [left], [[['image_1', 0, 0, 4, 6]]]],
  ['none', ['print(1)'], [[]]],
  [
    'several, and from cell to cell',
    ['b = (1, 2, 3, 4)', `image_1.crop(b)\n${left}`],
    [
      [],
      [
        ['image_1', 1, 2, 3, 4],
        ['image_1', 0, 0, 4, 6],
      ],
    ],
  ],
  ['one beyond the edge', ['image_1.crop((-5, 2, 99, 4))'], [[['image_1', 0, 2, 8, 4]]]],
  ['halves of pixels', ['image_1.crop((0.5, 0, 7.5, 6))'], [[['image_1', 0.5, 0, 7.5, 6]]]],
  ['one that nobody can work out', ['image_1.crop(image_1.getbbox())'], [[null]]],
  [
    'one without end',
    ['image_1.crop((1e999, 0, 4, -1e999))\nimage_1.crop((1e999 - 1e999, 0, 4, 6))'],
    [[null, null]],
  ],
  [
    'rows of an array, and parts of colours, pixels and masks that are none',
    [
      'import numpy as np\na = np.array(image_1)\na[1:3]',
      'a[..., 0]\na[:, :, 1]\na[2, 3]\na[a > 9]\na[::-1]\na[...]',
      'a[..., 0][:, 2:]\na[:, ::2]',
    ],
    [[['image_1', 0, 1, 8, 3]], [], [['image_1', 2, 0, 8, 6]]],
  ],
  ['code that cannot be read', [left, 'def (:'], [[['image_1', 0, 0, 4, 6]], null]],
])('the fact tells all boxes by cell: %s', async (_, codes, boxes) => {
  expect((await measure(codes)).data).toEqual({ boxes })
})

const { whole } = random('picture')
/** Of 60 by 40 pixels in all colours, but for the first. */
const lively = await sharp(
  Uint8Array.from({ length: 60 * 40 * 3 }, (_, at) => (at < 3 ? 0 : whole() & 0xff)),
  { raw: { width: 60, height: 40, channels: 3 } },
)
  .png()
  .toBuffer()

const x = 'x = image_1.getpixel((0, 0))[0]\n'

test.each<[string, string, unknown]>([
  ['a crop', `${x}display(image_1.crop((x + 9, 4, x + 30, 20)))`, [['image_1', 9, 4, 30, 20]]],
  [
    'a crop whose pixels were repeated',
    `${x}c = image_1.crop((x + 9, 4, x + 30, 20))\nc.resize((c.width * 3, c.height * 3), 0)`,
    [['image_1', 9, 4, 30, 20]],
  ],
  [
    'the crops of a loop',
    `${x}for left in range(x, 50, 20):\n    display(image_1.crop((left, 0, left + 10, 30)))`,
    [0, 20, 40].map(left => ['image_1', left, 0, left + 10, 30]),
  ],
  [
    'a crop beside one that code tells',
    `${x}display(image_1.crop((x + 9, 4, x + 30, 20)), image_1.crop((1, 2, 13, 14)))`,
    [
      ['image_1', 9, 4, 30, 20],
      ['image_1', 1, 2, 13, 14],
    ],
  ],
  ['a crop in grey', `${x}image_1.convert('L').crop((x + 9, 4, x + 30, 20))`, [['image_1', 9, 4, 30, 20]]],
  ['a crop that was not shown', `${x}image_1.crop((x + 9, 4, x + 30, 20)).size`, [null]],
  ['a crop that was turned', `${x}image_1.crop((x + 9, 4, x + 30, 20)).rotate(90, expand=True)`, [null]],
  ['the whole picture', `${x}image_1.crop((x, 0, x + 60, 40))`, [null]],
])('a box that code calculated from pixels is told as far as it was shown: %s', async (_, code, boxes) => {
  const measured = await recrop().measure(await bench.record([code], undefined, lively), bench.context)
  expect(measured).toMatchObject({ passed: true, data: { boxes: [boxes] } })
})
