import { openPicture } from '../store/normal-picture.ts'

/** A part of a picture, in pixels. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** A picture that was drawn anew. */
export interface Drawn {
  bytes: Uint8Array
  mime: 'image/png' | 'image/jpeg'
  width: number
  height: number
}

/** A part of a picture as a PNG, every pixel of it as `factor` by `factor` pixels. */
export const cutOut = (bytes: Uint8Array, box: Box, factor: number): Promise<Uint8Array> =>
  openPicture(bytes)
    .extract(box)
    .resize(box.width * factor, box.height * factor, { kernel: 'nearest' })
    .png()
    .toBuffer()

/** The same pixels as a PNG in RGB, or RGBA where some may be seen through. */
export const inColour = (bytes: Uint8Array): Promise<Uint8Array> =>
  openPicture(bytes).toColourspace('srgb').png().toBuffer()

/** A picture upright and on white, as a JPEG whose sides have at most `size` pixels. */
export const smallJpeg = (bytes: Uint8Array, size: number): Promise<Uint8Array> =>
  openPicture(bytes)
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer()

/** The same as a PNG, encoded quickly. */
export const smallPng = (bytes: Uint8Array, size: number): Promise<Uint8Array> =>
  openPicture(bytes)
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .png({ compressionLevel: 1 })
    .toBuffer()

/**
 * A picture within so many pixels a side and so many bytes. First the same pixels or fewer, without loss; then as JPEG;
 * then ever smaller, until the bytes fit too.
 */
export async function fitted(bytes: Uint8Array, side: number, maxBytes: number): Promise<Drawn> {
  const resized = openPicture(bytes).resize(side, side, { fit: 'inside' })
  const png = await resized.clone().png().toBuffer({ resolveWithObject: true })
  if (png.data.length <= maxBytes) return drawn(png, 'image/png')
  const flat = resized.flatten({ background: '#ffffff' }).jpeg({ quality: 90 })
  const jpeg = await flat.toBuffer({ resolveWithObject: true })
  if (jpeg.data.length <= maxBytes || side < 64) return drawn(jpeg, 'image/jpeg')
  return fitted(bytes, Math.floor(side * 0.75), maxBytes)
}

const drawn = (
  { data, info }: { data: Uint8Array; info: { width: number; height: number } },
  mime: Drawn['mime'],
): Drawn => ({ bytes: data, mime, width: info.width, height: info.height })
