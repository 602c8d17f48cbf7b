import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { Image } from '../schemas/image.ts'
import { ImageError } from './errors.ts'

/** Larger pictures are refused from their header, before any pixel is decoded. */
export const maxPixels = 50_000_000

/** What is known of a picture but the hash of its bytes; they are null where they are those that were given. */
export interface Normalised {
  image: Omit<Image, 'sha256'>
  bytes: Uint8Array | null
}

const mimes: Record<string, Image['mime']> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}

/**
 * Bytes that trainers read as they are stay untouched; a rotated (EXIF), otherwise encoded or animated picture becomes
 * an upright PNG. Throws ImageError, and what sharp throws for bytes that it cannot decode.
 */
export async function normalise(given: Uint8Array): Promise<Normalised> {
  const { bytes, mime } = await upright(given)
  const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const pixels = createHash('sha256').update(`${width}x${height}:`).update(data).digest('hex')
  return { image: { pixels, mime, width, height }, bytes: bytes === given ? null : bytes }
}

async function upright(bytes: Uint8Array): Promise<{ bytes: Uint8Array; mime: Image['mime'] }> {
  const header = await sharp(bytes, { limitInputPixels: false }).metadata()
  if (header.width * header.height > maxPixels) {
    throw new ImageError(
      `it is ${header.width}x${header.height} pixels; at most ${maxPixels / 1e6} million are taken`,
    )
  }
  const mime = mimes[header.format]
  const plain = (header.orientation ?? 1) === 1 && (header.pages ?? 1) === 1 && header.space !== 'cmyk'
  if (mime && plain) return { bytes, mime }
  const png = await sharp(bytes, { limitInputPixels: maxPixels, pages: 1 })
    .autoOrient()
    .toColourspace('srgb')
    .png()
    .toBuffer()
  return { bytes: png, mime: 'image/png' }
}
