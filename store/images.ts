import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { Image } from '../schemas/image.ts'
import type { Store } from './store.ts'

/** Larger pictures are refused from their header, before any pixel is decoded. */
export const maxPixels = 50_000_000

const mimes: Record<string, Image['mime']> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}

/** The bytes are not an image that can be used; the message says why. */
export class ImageError extends Error {
  override name = 'ImageError'
}

/**
 * Normalise an image once and keep it. Bytes that trainers read as they are stay untouched; a rotated (EXIF),
 * otherwise encoded or animated one becomes an upright PNG. Throws ImageError for what is not a usable image.
 */
export async function keepImage(store: Store, bytes: Uint8Array): Promise<Image> {
  const { bytes: upright, mime } = await normalise(bytes)
  const { data, info } = await decode(upright)
  const pixels = createHash('sha256').update(`${info.width}x${info.height}:`).update(data).digest('hex')
  return { sha256: await store.putBlob(upright), pixels, mime, width: info.width, height: info.height }
}

async function normalise(bytes: Uint8Array): Promise<{ bytes: Uint8Array; mime: Image['mime'] }> {
  if (bytes.length === 0) throw new ImageError('it has no bytes')
  const header = await read(() => sharp(bytes, { limitInputPixels: false }).metadata())
  if (header.width * header.height > maxPixels) {
    throw new ImageError(
      `it is ${header.width}x${header.height} pixels; at most ${maxPixels / 1e6} million are taken`,
    )
  }
  const mime = mimes[header.format]
  const plain = (header.orientation ?? 1) === 1 && (header.pages ?? 1) === 1 && header.space !== 'cmyk'
  if (mime && plain) return { bytes, mime }
  const png = await read(() =>
    sharp(bytes, { limitInputPixels: maxPixels, pages: 1 })
      .autoOrient()
      .toColourspace('srgb')
      .png()
      .toBuffer(),
  )
  return { bytes: png, mime: 'image/png' }
}

const decode = (bytes: Uint8Array) =>
  read(() =>
    sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  )

async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new ImageError(`it cannot be decoded (${line})`)
  }
}
