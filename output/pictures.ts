import { type Guard, placeholder } from '../prompts/markers.ts'
import type { Image } from '../schemas/image.ts'
import type { Part } from '../schemas/task.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import type { ExportContext } from './export.ts'

/** An image as a column of images holds it. */
export type PictureBytes = { bytes: Uint8Array; path: string }

/** The images of one row, in the order of their placeholders. */
export interface RowPictures {
  /** Note an image and give the text that stands for it. */
  put(image: Image): string
  /** Text for what somebody was shown: its texts and placeholders, one under the other. */
  parts(parts: readonly Part[]): string
  column(context: ExportContext): Promise<PictureBytes[]>
  /** All that were noted so far. */
  list: readonly Image[]
}

export function pictures(safe: Guard): RowPictures {
  const shown: Image[] = []
  const put = (image: Image): string => {
    shown.push(image)
    return placeholder
  }
  return {
    list: shown,
    put,
    parts: parts =>
      parts.map(part => (part.type === 'image' ? put(part.image) : safe.text(part.text))).join('\n'),
    column: ({ bytes }) =>
      Promise.all(shown.map(async image => ({ bytes: await bytes(image), path: fileName(image) }))),
  }
}

/** Never null and never a path: loaders infer a type from the first, and would open a file for the second. */
export const fileName = ({ sha256, mime }: Image): string =>
  `${sha256}.${mime === 'image/jpeg' ? 'jpg' : mime.slice('image/'.length)}`

/** The question as it was asked. A row without its question's images would teach to answer blindly. */
export function questionParts({ question, task }: Trajectory): Part[] {
  if (question.some(part => part.type === 'image')) return question
  return [...task.images.map((image): Part => ({ type: 'image', image })), ...question]
}
