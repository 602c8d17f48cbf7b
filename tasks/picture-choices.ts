import type { Image } from '../schemas/image.ts'
import { ImageError } from '../store/errors.ts'
import type { PictureChange } from '../store/normal-picture.ts'
import type { PictureChoices } from './source.ts'

/** Pixels a side, and how often the shorter side goes into the longer one, beyond which Qwen's processors stop. */
const [leastSide, mostRatio] = [28, 200]

export type Extreme = 'smaller than 28 pixels a side' | 'longer than 200 times their width'

/** What of a picture's size trainers refuse. */
export function extremesOf({ width, height }: Pick<Image, 'width' | 'height'>): Extreme[] {
  const [short, long] = [Math.min(width, height), Math.max(width, height)]
  const found: [Extreme, boolean][] = [
    ['smaller than 28 pixels a side', short < leastSide],
    ['longer than 200 times their width', long > short * mostRatio],
  ]
  return found.flatMap(([extreme, isSo]) => (isSo ? [extreme] : []))
}

interface Chosen {
  image: Image
  changes: readonly PictureChange[]
}

/** Throws ImageError for a picture that is not taken. */
export function demandChosen({ image, changes }: Chosen, { pages, frames, extreme }: PictureChoices): void {
  if (!pages && changes.includes('from its first page'))
    throw new ImageError(
      'it has several pages',
      "set pictures: { pages: 'first' } in the task source, save the page that is meant by itself",
    )
  if (!frames && changes.includes('from its first frame'))
    throw new ImageError(
      'it is an animation',
      "set pictures: { frames: 'first' } in the task source, save the frame that is meant by itself",
    )
  const { width, height } = image
  if (extreme && extremesOf(image).length > 0)
    throw new ImageError(
      `it is ${width}x${height} pixels, which processors of Qwen models refuse`,
      'enlarge it',
    )
}
