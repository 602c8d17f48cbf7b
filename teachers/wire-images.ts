import { ofKept, redrawn } from '../images/redrawn.ts'
import type { Image } from '../schemas/image.ts'
import { imagesIn, type Part } from '../schemas/task.ts'
import type { TeacherRequest } from './teacher.ts'

/** The largest image that a provider takes. A larger one would be refused, or made smaller without a word. */
export interface ImageLimits {
  /** Pixels of the long side. */
  side: number
  /** Bytes, before base64. */
  bytes: number
  /** Bytes of all images of a request, before base64; any number by default. */
  total?: number
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
  if (fits(image, content.length, limits)) return [{ type: 'image', mime, base64: base64(content) }]
  const side = Math.min(limits.side, Math.max(width, height))
  const drawn = await redrawn.fitted(ofKept, content, side, limits.bytes)
  const text =
    `The next image is ${width} × ${height} pixels; you are shown it at ${drawn.width} × ${drawn.height}. ` +
    'In code it has its full size.'
  const shown: WirePart = { type: 'image', mime: drawn.mime, base64: base64(drawn.bytes) }
  return drawn.width === width ? [shown] : [{ type: 'text', text }, shown]
}

/** What every server decodes. */
const plainFormats: Image['mime'][] = ['image/png', 'image/jpeg']

/**
 * The limits under which the images of a whole request stay below their total: the largest have fewer bytes, all of
 * them as many. The same request always has the same ones.
 */
export async function limitsOf(
  { question, turns, bytes }: Pick<TeacherRequest, 'question' | 'turns' | 'bytes'>,
  limits: ImageLimits,
): Promise<ImageLimits> {
  const images = imagesIn([
    ...question,
    ...turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => parts)),
  ])
  const sizes = await Promise.all(
    images.map(async image => {
      const { length } = await bytes(image)
      return fits(image, length, limits) ? length : limits.bytes
    }),
  )
  return { ...limits, bytes: Math.min(limits.bytes, evenShare(sizes, limits.total ?? Infinity)) }
}

/** The most that each may have, so that all together have no more than `total`. */
function evenShare(sizes: readonly number[], total: number): number {
  let left = total
  for (const [index, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (sizes.length - index))
    if (size > share) return share
    left -= size
  }
  return Infinity
}

/** Whether an image of so many bytes can be sent as it is. */
const fits = ({ width, height, mime }: Image, length: number, limits: ImageLimits) =>
  (!limits.plain || plainFormats.includes(mime)) &&
  Math.max(width, height) <= limits.side &&
  length <= limits.bytes

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
