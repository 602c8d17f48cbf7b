import type { Sharp } from 'sharp'
import { openPicture } from '../store/normal-picture.ts'

/**
 * A picture as eyes see it on white paper. Throws what sharp throws for bytes it cannot read, once it is asked for
 * pixels.
 */
export const onWhite = (bytes: Uint8Array): Sharp => openPicture(bytes).flatten({ background: 'white' })

/** Red, green and blue of each pixel, one byte each, of a picture stretched to a size. */
export const pixelsOf = (bytes: Uint8Array, width: number, height = width): Promise<Uint8Array> =>
  onWhite(bytes).resize(width, height, { fit: 'fill' }).toColourspace('srgb').removeAlpha().raw().toBuffer()
