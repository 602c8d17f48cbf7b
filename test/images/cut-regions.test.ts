import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { cutRegions } from '../../images/cut-regions.ts'
import { random } from '../output/growth/random.ts'

/** No two places of it are alike. */
function noise(name: string, width: number, height: number): Sharp {
  const { whole } = random(name)
  const bytes = Uint8Array.from({ length: width * height * 3 }, () => whole() & 0xff)
  return sharp(bytes, { raw: { width, height, channels: 3 } })
}

const png = (picture: Sharp): Promise<Buffer> => picture.png().toBuffer()
const box = { left: 40, top: 12, width: 33, height: 21 }
const corners = { left: 40, top: 12, right: 73, bottom: 33 }

const first = await png(noise('first', 120, 80))
const second = await png(noise('second', 90, 70))
const photo = await noise('photo', 20, 15).resize(200, 150).jpeg({ quality: 80 }).toBuffer()
const part = (of: Buffer): Sharp => sharp(of).extract(box)
const stripes = (height: number) => noise('stripe', 1, 64).resize(90, height, { kernel: 'nearest' })
const twins = await png(sharp(first).composite([{ input: await png(part(first)), left: 80, top: 50 }]))

test.each<[what: string, part: Buffer, pictures: Buffer[], found: object | null]>([
  ['a part of a picture', await png(part(first)), [first], { picture: 0, ...corners }],
  ['a part of the second of two', await png(part(second)), [first, second], { picture: 1, ...corners }],
  ['a part of a photo', await png(part(photo)), [first, photo], { picture: 1, ...corners }],
  ...(await Promise.all(
    [2, 7, 16].map(
      async (factor): Promise<[string, Buffer, Buffer[], object]> => [
        `a part of which each pixel is repeated ${factor} times`,
        await png(part(first).resize(33 * factor, 21 * factor, { kernel: 'nearest' })),
        [second, first],
        { picture: 1, ...corners },
      ],
    ),
  )),
  [
    'a part at the right lower edge',
    await png(sharp(first).extract({ left: 100, top: 70, width: 20, height: 10 })),
    [first],
    { picture: 0, left: 100, top: 70, right: 120, bottom: 80 },
  ],
  [
    'a row of pixels',
    await png(sharp(first).extract({ left: 3, top: 9, width: 50, height: 1 })),
    [first],
    { picture: 0, left: 3, top: 9, right: 53, bottom: 10 },
  ],
  [
    'a column of pixels',
    await png(sharp(first).extract({ left: 3, top: 9, width: 1, height: 50 })),
    [first],
    { picture: 0, left: 3, top: 9, right: 4, bottom: 59 },
  ],
  ['a whole picture', first, [first], null],
  ['a picture of something else', await png(noise('other', 30, 20)), [first, second], null],
  [
    'a part that was drawn on',
    await png(part(first).composite([{ input: await png(noise('x', 2, 2)), left: 5, top: 5 }])),
    [first],
    null,
  ],
  ['a part that was enlarged smoothly', await png(part(first).resize(66, 42)), [first], null],
  ['a part that lies in two places', await png(part(first)), [twins], null],
  ['a part of both pictures', await png(part(first)), [first, twins], null],
  [
    'a part in one colour',
    await png(sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })),
    [await png(sharp({ create: { width: 99, height: 9, channels: 3, background: '#fff' } }))],
    null,
  ],
  [
    'a part of a pattern',
    await png(stripes(64).extract({ left: 0, top: 3, width: 20, height: 40 })),
    [await png(stripes(64))],
    null,
  ],
  ['a larger picture', first, [second], null],
  ['no picture', first, [], null],
])(
  '%s is told where it is from, and nothing where that cannot be told',
  async (_, shown, pictures, found) => {
    expect(await cutRegions([shown], pictures)).toEqual([found])
  },
)

test('several are told at once, in their order', async () => {
  const parts = [second, await png(part(first)), await png(part(second))]
  expect((await cutRegions(parts, [first, second])).map(region => region?.picture ?? null)).toEqual([
    null,
    0,
    1,
  ])
})
