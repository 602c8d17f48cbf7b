import type { Image } from '../schemas/image.ts'
import type { Part } from '../schemas/task.ts'
import { ToolError } from './tool.ts'

/** The image a teacher names. Throws ToolError, which says what there is, where it was not shown. */
export function shownImage(name: string, images: readonly Image[]): Image {
  const number = /^image_([1-9]\d*)$/.exec(name)?.[1]
  const found = images[Number(number) - 1]
  if (found) return found
  throw new ToolError(`There is no image named ${JSON.stringify(name)}; ${namesOf(images.length)}.`)
}

function namesOf(images: number): string {
  if (images === 0) return 'none was shown'
  return images === 1 ? 'the only image is image_1' : `there are image_1 to image_${images}`
}

/** How new images are called: names go on from the `before` that were shown already. Empty without images. */
export const imageNames = (images: readonly Image[], before: number): string =>
  images.length === 0
    ? ''
    : `Images: ${images.map((image, index) => `image_${before + index + 1} (${image.width}x${image.height})`).join(', ')}`

/** What a tool shows: its words, then its images. */
export const shownParts = (text: string, images: readonly Image[]): Part[] => [
  { type: 'text', text },
  ...images.map((image): Part => ({ type: 'image', image })),
]

/** At most about `maxChars` characters of a text. The middle is what a reader misses least. */
export function cut(text: string, maxChars: number): string {
  const half = Math.floor(maxChars / 2)
  const short =
    text.length <= maxChars
      ? text
      : `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(text.length - half)}`
  return short.toWellFormed()
}
