import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { type PictureSize, pictureSize } from '../../../view/page/picture-size.ts'

const drawn = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: '#36c8' } })

const kinds: [PictureSize['mime'], (from: Sharp) => Sharp][] = [
  ['image/png', from => from.png()],
  ['image/jpeg', from => from.jpeg()],
  ['image/jpeg', from => from.jpeg({ progressive: true }).withExif({ IFD0: { Copyright: 'x'.repeat(900) } })],
  ['image/gif', from => from.gif()],
  ['image/webp', from => from.removeAlpha().webp()],
  ['image/webp', from => from.webp()],
  ['image/webp', from => from.webp({ lossless: true })],
]

const sizes = [
  [1, 1],
  [640, 3],
  [257, 1025],
] as const

test.each(
  kinds.flatMap(([mime, write], kind) =>
    sizes.map(([width, height]) => ({ mime, width, height, write, kind })),
  ),
)(
  'a picture says that it is $mime of $width × $height pixels ($kind)',
  async ({ write, mime, width, height }) => {
    const bytes = await write(drawn(width, height)).toBuffer()
    expect(pictureSize(bytes)).toEqual({ mime, width, height })
  },
)

test.each([
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ['a BMP', Buffer.from('BM\0\0\0\0')],
  ['nothing', Buffer.alloc(0)],
  ['a PNG without a size', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ['a JPEG without a frame', Buffer.from('\xff\xd8\xff\xe0\0\x02\xff\xd9', 'latin1')],
  ['a JPEG of fill bytes', Buffer.concat([Buffer.from('\xff\xd8', 'latin1'), Buffer.alloc(5000, 255)])],
  ['a WebP that is cut off', Buffer.from('RIFF\0\0\0\0WEBPVP8 ')],
])('%s is no picture that is shown', (_, bytes) => {
  expect(pictureSize(bytes)).toBeUndefined()
})
