import sharp from 'sharp'
import type { Image } from '../schemas/image.ts'
import type { Part } from '../schemas/task.ts'

/** The largest image that a provider takes. A larger one would be refused, or made smaller without a word. */
export interface ImageLimits {
  /** Pixels of the long side. */
  side: number
  /** Bytes, before base64. */
  bytes: number
  /** Whether all but PNG and JPEG is sent as PNG. */
  plain?: boolean
}

/** A part as every wire can say it: a text, or an image with its bytes. */
type WirePart = { type: 'text'; text: string } | { type: 'image'; mime: Image['mime']; base64: string }

/**
 * The parts with their images' bytes. Texts of nothing but blanks are left out: some servers refuse them. An image
 * beyond the limits is made smaller here only, never in the store, and a text before it says how large it is in truth:
 * coordinates and code go by that.
 */
export async function wireParts(
  parts: readonly Part[],
  bytes: (image: Image) => Promise<Uint8Array>,
  limits: ImageLimits,
): Promise<WirePart[]> {
  const wired = parts.map(part => {
    if (part.type === 'image') return wireImage(part.image, bytes, limits)
    return part.text.trim() === '' ? [] : [part]
  })
  return (await Promise.all(wired)).flat()
}

async function wireImage(
  image: Image,
  bytes: (image: Image) => Promise<Uint8Array>,
  limits: ImageLimits,
): Promise<WirePart[]> {
  const content = await bytes(image)
  const { width, height, mime } = image
  const taken = !limits.plain || plainFormats.includes(mime)
  if (taken && Math.max(width, height) <= limits.side && content.length <= limits.bytes)
    return [{ type: 'image', mime, base64: base64(content) }]
  const fitted = await shrink(content, image, limits)
  const text =
    `The next image is ${width} × ${height} pixels; you are shown it at ${fitted.width} × ${fitted.height}. ` +
    'In code it has its full size.'
  const shown: WirePart = { type: 'image', mime: fitted.mime, base64: base64(fitted.content) }
  return fitted.width === width ? [shown] : [{ type: 'text', text }, shown]
}

/** What every server decodes. */
const plainFormats: Image['mime'][] = ['image/png', 'image/jpeg']

/** First the same pixels or fewer, without loss; then as JPEG; then ever smaller, until the bytes fit too. */
async function shrink(content: Uint8Array, { width, height }: Image, limits: ImageLimits) {
  for (let side = Math.min(limits.side, Math.max(width, height)); ; side = Math.floor(side * 0.75)) {
    const resized = sharp(content).resize(side, side, { fit: 'inside' })
    const png = await resized.clone().png().toBuffer({ resolveWithObject: true })
    if (png.data.length <= limits.bytes) return fitted(png, 'image/png')
    const flat = resized.flatten({ background: '#ffffff' }).jpeg({ quality: 90 })
    const jpeg = await flat.toBuffer({ resolveWithObject: true })
    if (jpeg.data.length <= limits.bytes || side < 64) return fitted(jpeg, 'image/jpeg')
  }
}

const fitted = (
  { data, info }: { data: Buffer; info: { width: number; height: number } },
  mime: Image['mime'],
) => ({ content: data, mime, width: info.width, height: info.height })

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** An image as the OpenAI wires take it. */
export const dataUrl = ({ mime, base64 }: { mime: string; base64: string }) => `data:${mime};base64,${base64}`

/** All texts of the parts, a line each. Some servers refuse an empty tool result. */
export const textOfParts = (parts: readonly Part[]) =>
  parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n') || '(no text)'

/** Said before images that do not stand in the results which they belong to. */
export const imagesLead: Part = { type: 'text', text: 'The images of the tool results above, in order:' }

/** The model's one word between results and images, where a server takes no user message after results. */
export const bridge = 'Noted.'
