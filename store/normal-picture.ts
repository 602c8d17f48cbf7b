import { createHash } from 'node:crypto'
import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp'
import type { Image } from '../schemas/image.ts'
import { ImageError } from './errors.ts'
import { firstJpeg } from './pictures/first-jpeg.ts'
import { type Lie, lieOf, upright } from './pictures/orientation.ts'
import { pngExtras } from './pictures/png-chunks.ts'
import { unlikePicture } from './pictures/unlike-picture.ts'
import { demandWhole } from './pictures/whole-svg.ts'

/** Larger pictures are refused from their header, before any pixel is decoded. */
export const maxPixels = 50_000_000

/** What became of a picture, as it is counted. */
export type PictureChange =
  | 'as PNG'
  | 'upright'
  | 'on white'
  | 'in 8 bits'
  | 'in sRGB'
  | 'without odd metadata'
  | 'from its first page'
  | 'from its first frame'
  | 'without those behind it'

/** What is known of a picture but the hash of its bytes; they are null where they are those that were given. */
export interface Normalised {
  image: Omit<Image, 'sha256'>
  bytes: Uint8Array | null
  changes: PictureChange[]
}

const mimes: Record<string, Image['mime']> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}

/** How the formats begin that everyone reads; WebP says its name after that and its length. */
const beginnings = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a']

export function isCommon(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  return (
    beginnings.some(beginning => head.startsWith(beginning)) ||
    (head.startsWith('RIFF') && head.endsWith('WEBP'))
  )
}

/**
 * One picture for whoever looks at it: of 8 bits, without transparency, upright, the only one of its file, and without
 * what Pillow refuses. Bytes that are that already stay untouched, others become a PNG. Throws ImageError, and what
 * sharp throws for bytes that it cannot decode.
 */
export async function normalise(given: Uint8Array): Promise<Normalised> {
  try {
    return await normal(given)
  } catch (error) {
    if (error instanceof ImageError) throw error
    const [why = ''] = String(error instanceof Error ? error.message : error).split('\n')
    throw (await unlikePicture(given, why)) ?? error
  }
}

async function normal(given: Uint8Array): Promise<Normalised> {
  const header = await headerOf(given)
  const lie = await lieOf(given, header)
  const changes = changesOf(given, header, lie)
  const first = header.format === 'jpeg' ? firstJpeg(given) : null
  const redrawn = changes.length > 0 ? await redraw(given, header, lie) : null
  if (first) changes.push('without those behind it')
  const bytes = redrawn ?? first ?? given
  const mime = redrawn ? 'image/png' : (mimes[header.format] ?? 'image/png')
  const decoded = await decode(bytes)
  if (!header.hasAlpha || !isTransparent(decoded.data))
    return { image: imageOf(decoded, mime), bytes: bytes === given ? null : bytes, changes }
  const onWhite = await openPicture(bytes).flatten({ background: 'white' }).png().toBuffer()
  const image = imageOf(await decode(onWhite), 'image/png')
  return { image, bytes: onWhite, changes: [...changes, 'on white'] }
}

/** One strictness for all: what browsers and Pillow read is read, what is cut off is not. */
export const openPicture = (bytes: Uint8Array): Sharp =>
  sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })

async function headerOf(bytes: Uint8Array): Promise<Metadata> {
  const header = await sharp(bytes, { limitInputPixels: false }).metadata()
  const { width, height, depth, format } = header
  if (width * height > maxPixels)
    throw new ImageError(`it is ${width}x${height} pixels; at most ${maxPixels / 1e6} million are taken`)
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new ImageError(
      `its pixels are numbers of the type ${depth}, not colours`,
      'save it with 8 bits per channel',
    )
  if (format === 'svg') demandWhole(bytes)
  return header
}

function changesOf(given: Uint8Array, header: Metadata, lie: Lie): PictureChange[] {
  const { format, depth, space } = header
  const extras = format === 'png' ? pngExtras(given) : { pictures: header.pages ?? 1, isOdd: false }
  const isOdd = lie.isDoubted ? lie.orientation === 1 : extras.pictures === 1 && extras.isOdd
  const found: [PictureChange, boolean][] = [
    [format === 'tiff' ? 'from its first page' : 'from its first frame', extras.pictures > 1],
    ['as PNG', !mimes[format] || !isCommon(given)],
    ['upright', lie.orientation !== 1],
    ['in 8 bits', depth === 'ushort'],
    ['in sRGB', space === 'cmyk'],
    ['without odd metadata', isOdd],
  ]
  return found.flatMap(([change, isMade]) => (isMade ? [change] : []))
}

const redraw = (given: Uint8Array, { orientation }: Metadata, lie: Lie): Promise<Uint8Array> =>
  (orientation === lie.orientation
    ? openPicture(given).autoOrient()
    : upright(openPicture(given), lie.orientation)
  )
    .toColourspace('srgb')
    .png()
    .toBuffer()

const decode = (bytes: Uint8Array): Promise<{ data: Uint8Array; info: OutputInfo }> =>
  openPicture(bytes)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })

function isTransparent(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return true
  return false
}

function imageOf({ data, info }: { data: Uint8Array; info: OutputInfo }, mime: Image['mime']) {
  const { width, height } = info
  const pixels = createHash('sha256').update(`${width}x${height}:`).update(data).digest('hex')
  return { pixels, mime, width, height }
}
