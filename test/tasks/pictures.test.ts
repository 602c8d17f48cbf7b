import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import type { PictureChoices } from '../../tasks/source.ts'
import { png } from '../fixtures.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

/** What a file of these bytes is refused with, without its place. */
async function saidOf(bytes: Uint8Array, pictures?: PictureChoices): Promise<string | undefined> {
  await using folder = await folderWithImage()
  await folder.write('given', bytes)
  await folder.write('a.png', await png(40, 40))
  const file = await folder.lines('tasks.jsonl', [row(), row({ id: 'two', image: 'given' })])
  const options = { fields, source, ...(pictures && { pictures }) }
  const [said, ...others] = await refusal([jsonl(file, options)], folder.path)
  expect(others).toEqual([])
  return said?.replace(/^tasks\.jsonl:2: image given: /, '')
}

const of = (...parts: (string | number[])[]) =>
  Buffer.concat(
    parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
const box = (brand: string) => of([0, 0, 0, 24], `ftyp${brand}`, [0, 0, 0, 0], `mif1${brand}`)
const picture = await png()
const svg = (inside: string, before = '') =>
  of(
    `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40">${inside}</svg>`,
  )
const fetchIt = 'fetch the picture itself or remove the row'
const convert = (ext: string) =>
  `convert it to PNG or JPEG, as by \`magick a.${ext} a.png\`, or remove the row`
const browser = 'save it as PNG, as a browser shows it, or remove the row'

const eight = 'save it with 8 bits per channel or remove the row'

/** A TIFF of 40 times 40 zeros, without a colour. */
function tiff(sampleFormat: number, bits: number): Buffer {
  const bytes = (40 * 40 * bits) / 8
  const entries = [
    [256, 40],
    [257, 40],
    [258, bits],
    [259, 1],
    [262, 1],
    [273, 200],
    [277, 1],
    [278, 40],
    [279, bytes],
    [339, sampleFormat],
  ]
  const file = Buffer.alloc(200 + bytes)
  file.write('II*\0\b\0\0\0', 'latin1')
  file.writeUInt16LE(entries.length, 8)
  for (const [index, [tag = 0, value = 0]] of entries.entries()) {
    file.writeUInt16LE(tag, 10 + index * 12)
    file.writeUInt16LE(4, 12 + index * 12)
    file.writeUInt32LE(1, 14 + index * 12)
    file.writeUInt32LE(value, 18 + index * 12)
  }
  return file
}

/** Of another compression, as by scanners and microscopes. */
const jpeg2000 = tiff(1, 8)
jpeg2000.writeUInt32LE(34712, 10 + 3 * 12 + 8)

const strangers: [name: string, bytes: Buffer, said: string][] = [
  ['nothing', of(''), 'it has no bytes; correct it or remove the row'],
  ['HEIC', box('heic'), `it is HEIC, which is not taken; ${convert('heic')}`],
  [
    'BMP',
    of('BM', [70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0], Array(60).fill(0)),
    `it is BMP, which is not taken; ${convert('bmp')}`,
  ],
  ['JPEG XL', of([0xff, 0x0a], Array(30).fill(0)), `it is JXL, which is not taken; ${convert('jxl')}`],
  [
    'an icon',
    of([0, 0, 1, 0, 1, 0, 16, 16], Array(30).fill(0)),
    `it is ICO, which is not taken; ${convert('ico')}`,
  ],
  ['Photoshop', of('8BPS', [0, 1], Array(30).fill(0)), `it is PSD, which is not taken; ${convert('psd')}`],
  [
    'PDF',
    of('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF'),
    `it is PDF, which is not taken; ${convert('pdf')}`,
  ],
  [
    'a pointer of Git LFS',
    of('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
    'it is a pointer of Git LFS, not a picture; run `git lfs pull` where it lies or remove the row',
  ],
  [
    'a pointer of git-annex',
    of('/annex/objects/SHA256E-s3--ab.png\n'),
    'it is a pointer of git-annex, not a picture; run `git annex get` for it or remove the row',
  ],
  [
    'a web page',
    of('<!DOCTYPE html>\n<html><body>404 <svg/></body></html>'),
    `it is a web page, not a picture; ${fetchIt}`,
  ],
  ['a web page without its type', of('\n<HTML><head>'), `it is a web page, not a picture; ${fetchIt}`],
  [
    'an error of a store',
    of('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    `it is XML, not a picture; ${fetchIt}`,
  ],
  ['an error in JSON', of('{"error": "rate limit"}'), `it is JSON, not a picture; ${fetchIt}`],
  ['base64', of(picture.toString('base64')), 'it is base64, not a picture; decode it or remove the row'],
  ['words', of('Not Found\n'), `it is text, not a picture; ${fetchIt}`],
  ['gzip', of([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), 'it is packed (GZ); unpack it or remove the row'],
  [
    'a video',
    of([0, 0, 0, 24], 'ftypisom', [0, 0, 0, 0], 'isommp42'),
    `it is MP4 (video/mp4), not a picture; ${fetchIt}`,
  ],
  [
    'an SVG with a picture beside it',
    svg('<image href="photo.png" width="9"/>'),
    `it is SVG with another picture in it, which is not drawn here; ${browser}`,
  ],
  [
    'an SVG with a picture of the web',
    svg("<image width='9' xlink:href='https://example.org/a.png'/>"),
    `it is SVG with another picture in it, which is not drawn here; ${browser}`,
  ],
  [
    'an SVG with HTML',
    svg('<foreignObject><p>words</p></foreignObject>'),
    `it is SVG with HTML in it, which is not drawn here; ${browser}`,
  ],
  [
    'an SVG with a style sheet',
    svg('<rect/>', '<?xml-stylesheet href="a.css"?>'),
    `it is SVG with a style sheet beside it, which is not drawn here; ${browser}`,
  ],
  [
    'a TIFF of floating-point numbers',
    tiff(3, 32),
    `its pixels are numbers of the type float, not colours; ${eight}`,
  ],
  [
    'a TIFF of whole numbers of 32 bits',
    tiff(1, 32),
    `its pixels are numbers of the type uint, not colours; ${eight}`,
  ],
  [
    'a TIFF in JPEG 2000',
    jpeg2000,
    `it cannot be decoded (tiff2vips: Compression scheme 34712 strip decoding is not implemented); ${convert('tif')}`,
  ],
  [
    'a TIFF of numbers below zero',
    tiff(2, 16),
    `its pixels are numbers of the type short, not colours; ${eight}`,
  ],
]

test.each(strangers)('%s in place of a picture is named, with what to do', async (_, bytes, said) => {
  expect(await saidOf(bytes)).toBe(said)
})

const [first, second] = [await png(40, 40, 'red'), await png(40, 40, 'blue')]
const animated = (format: 'gif' | 'webp' | 'tiff') =>
  sharp([first, second], { join: { animated: true } })
    .toFormat(format, { compression: 'none' })
    .toBuffer()
const page =
  "it has several pages; set pictures: { pages: 'first' } in the task source, save the page that is meant by itself or remove the row"
const frame =
  "it is an animation; set pictures: { frames: 'first' } in the task source, save the frame that is meant by itself or remove the row"
const extreme = (size: string) =>
  `it is ${size} pixels, which processors of Qwen models refuse; enlarge it or remove the row`

const choices: [
  name: string,
  bytes: Buffer,
  pictures: PictureChoices | undefined,
  said: string | undefined,
][] = [
  ['a TIFF of several pages', await animated('tiff'), undefined, page],
  ['a TIFF of several pages where frames are chosen', await animated('tiff'), { frames: 'first' }, page],
  ['a TIFF of several pages whose first is chosen', await animated('tiff'), { pages: 'first' }, undefined],
  ['an animated GIF', await animated('gif'), { pages: 'first' }, frame],
  ['an animated GIF whose first frame is chosen', await animated('gif'), { frames: 'first' }, undefined],
  ['an animated WebP', await animated('webp'), undefined, frame],
  ['a small picture', await png(27, 40), undefined, undefined],
  ['a small picture where such are refused', await png(27, 40), { extreme: 'refuse' }, extreme('27x40')],
  ['a long picture where such are refused', await png(30, 6001), { extreme: 'refuse' }, extreme('30x6001')],
  ['a picture just large enough', await png(28, 5600), { extreme: 'refuse' }, undefined],
]

test.each(choices)('%s is taken or refused as the source says', async (_, bytes, pictures, said) => {
  expect(await saidOf(bytes, pictures)).toBe(said)
})

test('the first page and the first frame are what is taken', async () => {
  await using folder = await folderWithImage()
  for (const format of ['gif', 'webp', 'tiff'] as const) await folder.write(format, await animated(format))
  await folder.write('png', first)
  const images = ['gif', 'webp', 'tiff', 'png']
  const file = await folder.lines('tasks.jsonl', [row({ image: images })])
  const pictures = { pages: 'first', frames: 'first' } as const
  const { tasks } = await takeIn([jsonl(file, { fields, source, pictures })])
  const [gif, webp, tiff, whole] = tasks[0]?.images ?? []
  expect(gif?.pixels).toBe(whole?.pixels)
  expect(tiff?.pixels).toBe(whole?.pixels)
  expect(webp).toMatchObject({ mime: 'image/png', width: 40, height: 40 })
})

test('a choice that there is not is refused by name, and only what is chosen is told', async () => {
  const given = (pictures: object) => jsonl('a.jsonl', { fields, source, pictures } as never)
  expect(() => given({ page: 'first' })).toThrow('jsonl: `pictures.page` is no option; did you mean `pages`?')
  expect(() => given({ frames: 'last' })).toThrow('jsonl: pictures.frames is "last"; give "first"')
  expect(given({ pages: 'first' }).options).toMatchObject({ pictures: { pages: 'first' } })
  expect(jsonl('a.jsonl', { fields, source }).options).not.toHaveProperty('pictures')
})

test('what was changed and what is extreme is counted by kind', async () => {
  await using folder = await folderWithImage()
  const clear = { r: 0, g: 0, b: 0, alpha: 0 }
  const made = sharp({ create: { width: 40, height: 30, channels: 4, background: clear } })
  await folder.write('clear.png', await made.png().toBuffer())
  await folder.write('lying.jpg', await made.flatten().withMetadata({ orientation: 6 }).jpeg().toBuffer())
  await folder.write('long.png', await png(8000, 30))
  await folder.write('whole.png', await png(40, 40))
  const images = ['clear.png', 'clear.png', 'lying.jpg', 'long.png', 'whole.png', ['whole.png', 'a.png']]
  const file = await folder.lines(
    'tasks.jsonl',
    images.map((image, id) => row({ id: `t${id}`, image })),
  )
  const { lines, note } = await takeIn([jsonl(file, { fields, source })])
  expect(note).toEqual({
    about: 'pictures of tasks',
    counts: { pictures: 7, 'drawn anew': 3, 'on white': 2, upright: 1 },
    examples: ['t0', 't1', 't2'],
  })
  const refused =
    "which processors of Qwen models refuse; `pictures: { extreme: 'refuse' }` in the task source names them"
  expect(lines).toEqual([
    '3 of 7 pictures were drawn anew, so that everyone sees the same: 2 on white, 1 upright',
    `1 of 7 pictures are longer than 200 times their width, ${refused}`,
    `1 of 7 pictures are smaller than 28 pixels a side, ${refused}`,
  ])
})
