import { ofKept, redrawn } from '../../images/redrawn.ts'
import type { Image } from '../../schemas/image.ts'
import { openPicture } from '../../store/normal-picture.ts'
import { dataUrl } from '../../teachers/wire-images.ts'
import type { ExportContext } from '../export.ts'
import type { Reason } from '../trainable.ts'

/** Of a row. */
const mostPictures = 64

/** Of a picture. */
const mostBytes = 10_000_000

/** The data URLs of a row's pictures by their sha256, or why OpenAI's fine-tuning would not take them. */
type Pictures = { take: true; urls: ReadonlyMap<string, string> } | ({ take: false } & Reason)

/**
 * Pictures within what OpenAI's fine-tuning takes (learn.microsoft.com/azure/ai-services/openai/how-to/
 * fine-tuning-vision): 64 a row, of 10 MB each, as PNG, JPEG or WebP in RGB or RGBA.
 */
export async function openaiPictures(
  images: readonly Image[],
  { bytes }: Pick<ExportContext, 'bytes'>,
): Promise<Pictures> {
  if (images.length > mostPictures)
    return { take: false, reason: 'too_many_pictures', detail: `${images.length}` }
  const urls = new Map<string, string>()
  for (const image of images) {
    const drawn = await inColour(image, await bytes(image))
    if (drawn.bytes.length > mostBytes) return { take: false, reason: 'large_picture', detail: image.sha256 }
    urls.set(image.sha256, dataUrl({ mime: drawn.mime, base64: Buffer.from(drawn.bytes).toString('base64') }))
  }
  return { take: true, urls }
}

/** As it is, or drawn anew with the same pixels where it is grey, has a palette, or is a GIF. */
async function inColour({ mime }: Image, bytes: Uint8Array) {
  const { channels, isPalette } = await openPicture(bytes).metadata()
  if (mime !== 'image/gif' && channels >= 3 && !isPalette) return { mime, bytes }
  return { mime: 'image/png', bytes: await redrawn.inColour(ofKept, bytes) }
}
