import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { Image } from '../../schemas/image.ts'
import { validator } from '../../schemas/validate.ts'
import { ImageError, TooSlowError } from '../../store/errors.ts'
import { keepImage, maxPixels } from '../../store/images.ts'
import { inPictureProcess } from '../../store/picture-process.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { png, temporaryFolder } from '../fixtures.ts'
import { descendants, lives } from '../sandbox/processes.ts'

/** Keep bytes in a store of their own; gives the reference and what is stored. */
async function keep(bytes: Uint8Array) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const image = await keepImage(store, bytes, { anyFormat: true })
  expect(validator(Image)(image)).toMatchObject({ ok: true })
  const stored = await store.getBlob(image.sha256)
  const { width, height, format, orientation, pages } = await sharp(stored).metadata()
  expect({ width, height, mime: `image/${format}` }).toEqual({
    width: image.width,
    height: image.height,
    mime: image.mime,
  })
  expect(orientation ?? 1).toBe(1)
  expect(pages ?? 1).toBe(1)
  return { image, stored }
}

/** Red above, blue below: what is up can be told. */
const picture = (): Sharp =>
  sharp({ create: { width: 8, height: 6, channels: 3, background: '#ff0000' } }).composite([
    { input: { create: { width: 8, height: 3, channels: 3, background: '#0000ff' } }, top: 3, left: 0 },
  ])

test('bytes that everyone sees alike are kept as they are', async () => {
  const bytes = await picture().png().toBuffer()
  const { image, stored } = await keep(bytes)
  expect(image.sha256).toBe(sha256(bytes))
  expect(Buffer.from(stored)).toEqual(bytes)
})

test('equal pixels have one hash, whatever they are encoded in, and others another', async () => {
  const encodings = await Promise.all([
    picture().png().toBuffer(),
    picture().png({ compressionLevel: 0 }).toBuffer(),
    picture().webp({ lossless: true }).toBuffer(),
    picture().tiff({ compression: 'none' }).toBuffer(),
  ])
  const hashes = await Promise.all(encodings.map(async bytes => (await keep(bytes)).image.pixels))
  expect(new Set(hashes).size).toBe(1)
  const other = await keep(await png(8, 6, '#ff0000'))
  expect(other.image.pixels).not.toBe(hashes[0])
})

test('the size counts, also where the pixels are the same', async () => {
  const wide = await keep(await png(8, 2))
  const high = await keep(await png(2, 8))
  expect(wide.image.pixels).not.toBe(high.image.pixels)
})

test('a photograph that lies on its side is set upright, once', async () => {
  const { data } = await picture().raw().toBuffer({ resolveWithObject: true })
  const lying = await sharp(data, { raw: { width: 8, height: 6, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const { image, stored } = await keep(lying)
  expect(image).toMatchObject({ mime: 'image/png', width: 6, height: 8 })
  const corner = await sharp(stored).extract({ left: 5, top: 0, width: 1, height: 1 }).raw().toBuffer()
  expect(corner[0]).toBeGreaterThan(200)
  const again = await keep(Buffer.from(stored))
  expect(again.image).toEqual(image)
})

const turned: [string, Buffer][] = [
  ['TIFF', await picture().tiff().toBuffer()],
  ['CMYK JPEG', await picture().toColourspace('cmyk').jpeg().toBuffer()],
  [
    'SVG',
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="9" height="9"/></svg>',
    ),
  ],
  [
    'animated GIF',
    await sharp([await png(8, 6, '#ff0000'), await png(8, 6, '#0000ff')], { join: { animated: true } })
      .gif()
      .toBuffer(),
  ],
]

test.each(turned)('a %s becomes a PNG of one picture in colours that everyone reads', async (_, bytes) => {
  const { image, stored } = await keep(bytes)
  expect(image).toMatchObject({ mime: 'image/png', width: 8, height: 6 })
  expect((await sharp(stored).metadata()).space).toBe('srgb')
})

/** A PNG that says it is huge, in a few bytes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const data = deflateSync(Buffer.alloc(1000))
  const chunks = [chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}

const whole = await sharp({
  create: { width: 64, height: 64, channels: 3, background: 'red', noise: { type: 'gaussian' } },
})
  .png()
  .toBuffer()
const refused: [string, Uint8Array, RegExp][] = [
  ['nothing', new Uint8Array(), /^it has no bytes$/],
  ['text', Buffer.from('no image'), /^it is text, not a picture$/],
  ['bytes of no kind', Buffer.from([0, 1, 2, 3]), /^it cannot be decoded \(.*unsupported image format\)$/],
  ['half a PNG', whole.subarray(0, whole.length / 2), /^it cannot be decoded \(/],
  ['a PNG with a broken middle', Buffer.from(whole).fill(0, 200, 400), /^it cannot be decoded \(/],
  ['the header of one', whole.subarray(0, 40), /^it cannot be decoded \(/],
  ['a bomb', bomb(60_000, 60_000), /^it is 60000x60000 pixels; at most 50 million are taken$/],
]

test.each(refused)('%s is refused in one line, and nothing of it is kept', async (_, bytes, says) => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const error: unknown = await keepImage(store, bytes, { anyFormat: true }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ImageError)
  expect((error as ImageError).message).toMatch(says)
  expect((error as ImageError).message).not.toContain('\n')
  await expect(store.getBlob(sha256(bytes))).rejects.toThrow(sha256(bytes))
})

test('a picture of exactly the largest size is taken', async () => {
  const bytes = await sharp({
    create: { width: 10_000, height: maxPixels / 10_000, channels: 3, background: 'red' },
  })
    .png({ compressionLevel: 1 })
    .toBuffer()
  expect((await keep(bytes)).image).toMatchObject({ width: 10_000, height: maxPixels / 10_000 })
})

const svg = (inside: string, size = 8) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${inside}</svg>`)
/** Twenty octaves of noise over 16 million pixels: minutes of work in a few bytes. */
const turbulence = svg(
  '<filter id="f"><feTurbulence numOctaves="20" baseFrequency="0.9"/></filter><rect width="4000" height="4000" filter="url(#f)"/>',
  4000,
)

const foreign: [string, Uint8Array][] = [
  ['SVG', svg('<rect width="9" height="9"/>')],
  [
    'SVG after the head of a GIF',
    Buffer.concat([Buffer.from('GIF89a'), svg('<rect width="9" height="9"/>')]),
  ],
  ['SVG after the head of a JPEG', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), svg('')])],
  ['SVG that takes minutes', turbulence],
  ['TIFF', await picture().tiff().toBuffer()],
  ['AVIF', await picture().avif().toBuffer()],
  ['PDF', Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF')],
  ['BMP', Buffer.from('BM')],
  ['text', Buffer.from('no image')],
  ['a RIFF that is no WebP', Buffer.from('RIFF\0\0\0\0WAVEfmt ')],
]

test.each(foreign)(
  'of bytes of unknown origin, a %s is refused without a look at its picture',
  async (name, bytes) => {
    await using folder = await temporaryFolder()
    await using store = await openSqliteStore(folder.path)
    await expect(keepImage(store, bytes, { cpuMs: 2000 })).rejects.toThrow(
      /after the head/.test(name) ? /^it cannot be decoded/ : /^it is no PNG, JPEG, WebP or GIF$/,
    )
    await expect(store.getBlob(sha256(bytes))).rejects.toThrow(sha256(bytes))
  },
)

test('what takes too long is ended, and meanwhile files are read and pictures kept', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const bounds = { anyFormat: true, cpuMs: 700 }
  let over = 0
  const bombs = Array.from({ length: 4 }, () =>
    keepImage(store, turbulence, bounds).catch((error: unknown) => {
      over += 1
      return error
    }),
  )
  expect((await readFile(import.meta.filename)).length).toBeGreaterThan(0)
  expect(over).toBe(0)
  const kept = keepImage(store, await png())
  for (const error of await Promise.all(bombs)) expect(error).toBeInstanceOf(TooSlowError)
  expect((await kept).width).toBe(8)
})

test('a process that is killed under a picture is replaced; one that a picture ends is not tried a third time', async () => {
  const ended = inPictureProcess<[string], never>(import.meta.url, './ended-by-a-picture', 'end')
  await expect(ended({}, 'SIGSEGV')).rejects.toThrow(
    /^it cannot be decoded \(what decodes it ends with SIGSEGV\)$/,
  )
  await using folder = await temporaryFolder()
  const once = inPictureProcess<[string], string>(import.meta.url, './ended-by-a-picture', 'endOnce')
  expect(await once({}, join(folder.path, 'mark'))).toBe('whole')
})

test('the process ends with whoever asked, in the middle of a picture, and is told no keys', async () => {
  await using folder = await temporaryFolder()
  const bomb = join(folder.path, 'bomb.svg')
  await writeFile(bomb, turbulence)
  const asking = spawn(process.execPath, [join(import.meta.dirname, 'asking-for-a-picture.ts'), bomb], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SECRET_KEY: 'sk-secret' },
  })
  await once(asking.stdout, 'data')
  const [decoder] = descendants(asking.pid ?? 0)
  const environment = await readFile(`/proc/${decoder?.pid}/environ`, 'utf8')
  asking.kill('SIGKILL')
  expect(environment).not.toContain('sk-secret')
  await expect.poll(() => decoder && lives(decoder), { timeout: 60_000 }).toBe(false)
})

test.each(foreign.slice(0, 6))('a process that takes four formats does not decode a %s', async (_, bytes) => {
  const normalise = inPictureProcess<[Uint8Array], unknown>(
    import.meta.url,
    '../../store/normal-picture',
    'normalise',
  )
  await expect(normalise({ cpuMs: 2000 }, bytes)).rejects.toThrow(/^it cannot be decoded \(/)
})
