import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { normalImage } from '../../store/images.ts'
import { temporaryFolder } from '../fixtures.ts'

const pillow = <T>(...args: string[]): T =>
  JSON.parse(
    execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'drawn-by-pillow.py'), ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }),
  )

interface Seen {
  frames: number
  bits: number
  size: [number, number]
  turns: boolean
  pixels: string
}

/** Red, lime, blue and yellow, a quarter each: every turn shows. */
const [width, height] = [16, 12]
const quarters = ['ff0000', '00ff00', '0000ff', 'ffff00']
const colourAt = (x: number, y: number) => quarters[(x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)] ?? ''

/** Where a pixel of the upright picture stands in one that lies, by EXIF's number. */
const places: ((x: number, y: number) => [number, number])[] = [
  (x, y) => [x, y],
  (x, y) => [x, y],
  (x, y) => [width - 1 - x, y],
  (x, y) => [width - 1 - x, height - 1 - y],
  (x, y) => [x, height - 1 - y],
  (x, y) => [y, x],
  (x, y) => [y, width - 1 - x],
  (x, y) => [height - 1 - y, width - 1 - x],
  (x, y) => [height - 1 - y, x],
]

/** The picture as a camera stores it that is held so. */
function held(orientation: number): Sharp {
  const size = orientation > 4 ? { width: height, height: width } : { width, height }
  const raw = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [across, down] = places[orientation]?.(x, y) ?? [0, 0]
      raw.write(colourAt(x, y), (down * size.width + across) * 3, 'hex')
    }
  return sharp(raw, { raw: { ...size, channels: 3 } })
}

const picture = () => held(1)
const quarterPixels = (await picture().raw().toBuffer()).toString('hex')
const jpeg = (made: Sharp) => made.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
const webp = (made: Sharp) => made.webp({ lossless: true }).toBuffer()
const avif = (made: Sharp) => made.avif({ lossless: true, chromaSubsampling: '4:4:4' }).toBuffer()
const several = await (async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'base.png'), await picture().png().toBuffer())
  const made = pillow<Record<string, string>>('draw', join(folder.path, 'base.png'))
  return (name: string) => Buffer.from(made[name] ?? '', 'hex')
})()

const latin1 = (text: string) => Buffer.from(text, 'latin1')

function chunk(type: string, data: Uint8Array, sum?: number) {
  const body = Buffer.concat([latin1(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(sum ?? crc32(body))
  return Buffer.concat([length, body, check])
}

/** A PNG with more chunks behind its header. */
async function chunks(made: Sharp, ...more: Buffer[]) {
  const bytes = await made.png().toBuffer()
  return Buffer.concat([bytes.subarray(0, 33), ...more, bytes.subarray(33)])
}

const keyed = (keyword: string, ...data: Uint8Array[]) => Buffer.concat([latin1(`${keyword}\0`), ...data])
const plainText = (keyword: string, text: string) => chunk('tEXt', keyed(keyword, latin1(text)))
const packedText = (keyword: string, text: string, method = '\0') =>
  chunk('zTXt', keyed(keyword, latin1(method), deflateSync(text)))
const unicodeText = (keyword: string, text: string, packed = false) =>
  chunk(
    'iTXt',
    keyed(keyword, latin1(packed ? '\x01\0\0\0' : '\0\0\0\0'), packed ? deflateSync(text) : latin1(text)),
  )

const exif = (orientation: number) =>
  latin1(`MM\0*\0\0\0\b\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0\0\0\0\0`)
/** As ImageMagick writes it. */
const profile = (name: string, data: Buffer) =>
  `\n${name}\n${String(data.length).padStart(8)}\n${data.toString('hex').replace(/.{72}/g, '$&\n')}\n`
const ofExif = (orientation: number) => Buffer.concat([latin1('Exif\0\0'), exif(orientation)])
const ofXmp = (orientation: number) =>
  Buffer.concat([latin1('http://ns.adobe.com/xap/1.0/\0'), latin1(xmp(orientation))])

const xmp = (orientation: number, form = `tiff:Orientation="${orientation}"/>`) =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" ${form}</rdf:RDF></x:xmpmeta>`
const xmpElement = (orientation: number) =>
  xmp(orientation, `><tiff:Orientation>${orientation}</tiff:Orientation></rdf:Description>`)
const gifWithXmp = async (orientation: number) => {
  const bytes = await held(orientation).gif().toBuffer()
  const magic = Buffer.from([1, ...Array.from({ length: 256 }, (_, at) => 255 - at), 0])
  const extension = [latin1('!\xff\vXMP DataXMP'), latin1(xmp(orientation)), magic]
  return Buffer.concat([bytes.subarray(0, -1), ...extension, bytes.subarray(-1)])
}

/** Grey that rises from black to white, in so many bits. */
const rising = (most: number) =>
  Array.from({ length: width * height }, (_, at) => Math.round((at * most) / (width * height - 1)))
const grey16 = () =>
  sharp(Uint16Array.from(rising(65535)), { raw: { width, height, channels: 1 } }).toColourspace('grey16')
const rgb16 = () =>
  sharp(Uint16Array.from(rising(65535).flatMap(value => [value, value, value])), {
    raw: { width, height, channels: 3 },
  }).toColourspace('rgb16')
const risingPixels = Buffer.from(
  rising(65535).flatMap(value => [value >> 8, value >> 8, value >> 8]),
).toString('hex')

/** Black, and transparent in the left half. */
const formula = () => {
  const pixels = Array.from({ length: width * height }, (_, at) => [
    0,
    0,
    0,
    at % width < width / 2 ? 0 : 255,
  ])
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels: 4 } })
}
const formulaPixels = `${'ffffff'.repeat(width / 2)}${'000000'.repeat(width / 2)}`.repeat(height)

/** Black in the left half, white in the right one. */
const halves = (channels: 1 | 3) => {
  const pixels = Array.from({ length: width * height }, (_, at) => (at % width < width / 2 ? 0 : 255))
  const made = sharp(Buffer.from(pixels), { raw: { width, height, channels: 1 } })
  return channels === 1 ? made.toColourspace('b-w') : made.toColourspace('srgb')
}
const halvesPixels = `${'000000'.repeat(width / 2)}${'ffffff'.repeat(width / 2)}`.repeat(height)
const blackIsNothing = (channels: 1 | 3) => chunk('tRNS', Buffer.alloc(channels * 2))
const white = 'ffffff'.repeat(width * height)

/** A JPEG with bytes that belong to nothing before its pixels, as some phones write it. */
const stray = async (made: Promise<Buffer>) => {
  const bytes = await made
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]))
  return Buffer.concat([bytes.subarray(0, scan), Buffer.alloc(4), bytes.subarray(scan)])
}

/** With other bytes at a place. */
const odd = async (made: Promise<Buffer>, at: number, instead: string) => {
  const bytes = await made
  bytes.write(instead, at, 'latin1')
  return bytes
}

const frames = (count: number) => chunk('acTL', Buffer.from([0, 0, 0, count, 0, 0, 0, 0]))
const icc = (data: Buffer) => chunk('iCCP', keyed('odd', Buffer.from([0]), deflateSync(data)))
const long = 'a'.repeat(3_000_000)

type Case = [name: string, bytes: Buffer, changes: string[], pixels?: string]

const untouched: Case[] = [
  ['PNG', await picture().png().toBuffer(), []],
  ['JPEG', await jpeg(picture()), []],
  ['WebP', await webp(picture()), []],
  ['GIF', await picture().gif().toBuffer(), []],
  ['PNG whose alpha is opaque', await picture().ensureAlpha().png().toBuffer(), []],
  ['WebP whose alpha is opaque', await webp(picture().ensureAlpha()), []],
  ['PNG of a palette', await picture().png({ palette: true }).toBuffer(), []],
  ['grey PNG', await halves(1).png().toBuffer(), [], halvesPixels],
  ['PNG of a bit', await halves(1).png({ palette: true, colours: 2 }).toBuffer(), [], halvesPixels],
  ['PNG with a short text', await chunks(picture(), plainText('Software', 'one')), []],
  ['PNG with a short packed text', await chunks(picture(), packedText('Comment', 'one')), []],
  ['PNG that says it is upright', await chunks(picture(), chunk('eXIf', exif(1))), []],
  ['JPEG that says it is upright', await jpeg(picture().withExif({ IFD0: { Orientation: '1' } })), []],
  ['JPEG with a profile of its colours', await jpeg(picture().withIccProfile('srgb')), []],
  ['JPEG whose XMP says it is upright', await jpeg(picture().withXmp(xmp(1))), []],
]

const lies = [2, 3, 4, 5, 6, 7, 8]
const turned: Case[] = (
  await Promise.all(
    lies.flatMap(lie => [
      held(lie)
        .withMetadata({ orientation: lie })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer()
        .then(bytes => [`JPEG with EXIF ${lie}`, bytes]),
      chunks(held(lie), chunk('eXIf', exif(lie))).then(bytes => [`PNG with EXIF ${lie}`, bytes]),
      webp(held(lie).withMetadata({ orientation: lie })).then(bytes => [`WebP with EXIF ${lie}`, bytes]),
      jpeg(held(lie).withXmp(xmp(lie))).then(bytes => [`JPEG with XMP ${lie}`, bytes]),
      chunks(held(lie), plainText('Raw profile type exif', profile('exif', ofExif(lie)))).then(bytes => [
        `PNG with a text of EXIF ${lie}`,
        bytes,
      ]),
    ]),
  )
).map(([name, bytes]) => [name, bytes, ['upright']] as Case)

const others: [string, Promise<Buffer>, string[], string?][] = [
  [
    'PNG with a packed text of EXIF',
    chunks(held(6), packedText('Raw profile type exif', profile('exif', ofExif(6)))),
    ['upright'],
  ],
  [
    'PNG with a text of APP1 with EXIF',
    chunks(held(6), packedText('Raw profile type APP1', profile('app1', ofExif(6)))),
    ['upright'],
  ],
  [
    'PNG with a text of APP1 with XMP',
    chunks(held(6), plainText('Raw profile type APP1', profile('app1', ofXmp(6)))),
    ['upright'],
  ],
  [
    'PNG with a text of bare EXIF',
    chunks(held(6), plainText('Raw profile type exif', profile('exif', exif(6)))),
    ['upright'],
  ],
  ['PNG with XMP', chunks(held(6), unicodeText('XML:com.adobe.xmp', xmp(6))), ['upright']],
  [
    'PNG with XMP as an element',
    chunks(held(8), unicodeText('XML:com.adobe.xmp', xmpElement(8))),
    ['upright'],
  ],
  ['PNG with packed XMP', chunks(held(3), unicodeText('XML:com.adobe.xmp', xmp(3), true)), ['upright']],
  ['WebP with XMP', webp(held(6).withXmp(xmp(6))), ['upright']],
  ['AVIF with XMP', avif(held(6).withXmp(xmp(6))), ['as PNG', 'upright']],
  [
    'TIFF with EXIF',
    held(6).withMetadata({ orientation: 6 }).tiff({ compression: 'none' }).toBuffer(),
    ['as PNG', 'upright'],
  ],
  ['GIF with XMP', gifWithXmp(6), ['upright']],
  [
    'PNG whose EXIF is none',
    chunks(picture(), chunk('eXIf', latin1('no EXIF at all'))),
    ['without odd metadata'],
  ],
  [
    'PNG whose EXIF begins and is none',
    chunks(picture(), chunk('eXIf', latin1('MM'))),
    ['without odd metadata'],
  ],
  [
    'PNG with a text of EXIF that is no number',
    chunks(picture(), plainText('Raw profile type exif', '\nexif\n 3\n4x6g\n')),
    ['without odd metadata'],
  ],
  ['JPEG with stray bytes', stray(jpeg(picture())), []],
  ['JPEG with stray bytes that lies', stray(jpeg(held(6).withMetadata({ orientation: 6 }))), ['upright']],
  ['GIF of no known version', odd(picture().gif().toBuffer(), 4, '3'), ['as PNG']],
  [
    'JPEG with a broken first mark',
    odd(jpeg(picture().withExif({ IFD0: { Copyright: 'me' } })), 2, '\0'),
    ['as PNG'],
  ],
  [
    'PNG whose EXIF and XMP disagree',
    chunks(picture(), chunk('eXIf', exif(1)), unicodeText('XML:com.adobe.xmp', xmp(6))),
    ['without odd metadata'],
  ],
  ['grey PNG of 16 bits', grey16().png().toBuffer(), ['in 8 bits'], risingPixels],
  ['PNG of 16 bits', rgb16().png().toBuffer(), ['in 8 bits'], risingPixels],
  [
    'TIFF of 16 bits',
    grey16().tiff({ compression: 'none' }).toBuffer(),
    ['as PNG', 'in 8 bits'],
    risingPixels,
  ],
  ['transparent PNG', formula().png().toBuffer(), ['on white'], formulaPixels],
  ['transparent grey PNG', formula().toColourspace('b-w').png().toBuffer(), ['on white'], formulaPixels],
  [
    'transparent PNG of 16 bits',
    formula().toColourspace('rgb16').png().toBuffer(),
    ['in 8 bits', 'on white'],
    formulaPixels,
  ],
  ['transparent PNG of a palette', formula().png({ palette: true }).toBuffer(), ['on white'], formulaPixels],
  ['transparent WebP', webp(formula()), ['on white'], formulaPixels],
  ['transparent GIF', formula().gif().toBuffer(), ['on white'], formulaPixels],
  [
    'transparent TIFF',
    formula().tiff({ compression: 'none' }).toBuffer(),
    ['as PNG', 'on white'],
    formulaPixels,
  ],
  ['transparent AVIF', avif(formula()), ['as PNG', 'on white'], formulaPixels],
  ['grey PNG in which black is transparent', chunks(halves(1), blackIsNothing(1)), ['on white'], white],
  ['PNG in which black is transparent', chunks(halves(3), blackIsNothing(3)), ['on white'], white],
  [
    'SVG on nothing',
    Promise.resolve(
      latin1(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect x="8" width="8" height="12"/></svg>`,
      ),
    ),
    ['as PNG', 'on white'],
    formulaPixels,
  ],
  [
    'PNG with a packed text that is long',
    chunks(picture(), packedText('parameters', long)),
    ['without odd metadata'],
  ],
  [
    'PNG with packed Unicode text that is long',
    chunks(picture(), unicodeText('parameters', long, true)),
    ['without odd metadata'],
  ],
  ['PNG with a long text', chunks(picture(), plainText('parameters', long)), ['without odd metadata']],
  [
    'PNG with many texts',
    chunks(picture(), ...Array.from({ length: 70 }, () => packedText('a', 'a'.repeat(1_000_000)))),
    ['without odd metadata'],
  ],
  [
    'PNG with a text packed in no known way',
    chunks(picture(), packedText('a', 'a', '\x07')),
    ['without odd metadata'],
  ],
  [
    'PNG with a profile that unpacks to much',
    chunks(picture(), icc(Buffer.alloc(3_000_000))),
    ['without odd metadata'],
  ],
  [
    'PNG with a text whose sum is wrong',
    chunks(picture(), chunk('tEXt', latin1('a\0a'), 1)),
    ['without odd metadata'],
  ],
  [
    'PNG with a size of pixels that is cut off',
    chunks(picture(), chunk('pHYs', Buffer.alloc(5))),
    ['without odd metadata'],
  ],
  [
    'PNG with a gamma that is cut off',
    chunks(picture(), chunk('gAMA', Buffer.alloc(2))),
    ['without odd metadata'],
  ],
  [
    'PNG with transparency that is cut off',
    chunks(picture(), chunk('tRNS', Buffer.alloc(3))),
    ['without odd metadata'],
  ],
  ['PNG that says it is animated and is not', chunks(picture(), frames(2)), ['without odd metadata']],
  [
    'PNG with a frame that cannot be',
    chunks(picture(), frames(1), chunk('fdAT', Buffer.from([0, 0, 0, 9, 1]))),
    ['without odd metadata'],
  ],
  ['animated PNG', Promise.resolve(several('apng')), ['from its first frame']],
  [
    'animated PNG with a picture beside',
    Promise.resolve(several('apng with its picture beside the frames')),
    ['from its first frame'],
  ],
  ['animated GIF', Promise.resolve(several('gif')), ['from its first frame']],
  ['animated WebP', Promise.resolve(several('webp')), ['from its first frame']],
  ['TIFF of several pages', Promise.resolve(several('tiff')), ['from its first page', 'as PNG']],
  ['MPO', Promise.resolve(several('mpo')), ['without those behind it']],
  ['CMYK JPEG', halves(3).toColourspace('cmyk').jpeg().toBuffer(), ['in sRGB'], halvesPixels],
]

const cases: Case[] = [...untouched, ...turned]
for (const [name, bytes, changes, pixels] of others) cases.push([name, await bytes, changes, pixels] as Case)

const normalised = await Promise.all(cases.map(([, bytes]) => normalImage(bytes, { anyFormat: true })))
const seen = await (async () => {
  await using folder = await temporaryFolder()
  const paths = normalised.map((_, index) => join(folder.path, `${index}`))
  await Promise.all(normalised.map(({ bytes }, index) => writeFile(paths[index] ?? '', bytes)))
  return pillow<Seen[]>('see', ...paths)
})()

/** How far two pictures differ at most, as JPEG and a change of colours make them. */
const distance = (one: string, other: string) => {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')]
  return a.length === b.length ? Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? 0)))) : Infinity
}

test.each(cases.map(([name, ...rest], index) => [name, index, rest] as const))(
  'of a %s everyone sees the same picture',
  (name, index, [bytes, changes, pixels = quarterPixels]) => {
    const found = normalised[index]
    expect(found?.changes).toEqual(changes)
    if (changes.length === 0) expect(found?.bytes).toBe(bytes)
    expect(found?.image).toMatchObject({ width, height })
    expect(seen[index]).toMatchObject({ frames: 1, bits: 8, size: [width, height], turns: false })
    expect(distance(seen[index]?.pixels ?? '', pixels), name).toBeLessThan(
      /JPEG|MPO|CMYK/.test(name) ? 50 : 3,
    )
  },
)

test('what was normalised once stays as it is', async () => {
  for (const { bytes, image } of normalised)
    expect(await normalImage(bytes)).toEqual({ bytes, image, changes: [] })
})
