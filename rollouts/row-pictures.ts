import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { placeholder } from '../prompts/markers.ts'
import { ValueError } from '../tasks/field-values.ts'
import { type ImageFolder, imagesOf } from '../tasks/image-values.ts'
import type { DraftPart } from './source.ts'

/** The pictures of a row. Those of its column go to placeholders, one after the other. */
export interface PicturesOfRow {
  /** How many its column has. */
  all: number
  /** For the next placeholder. */
  next(): DraftPart
  /** One that stands where it is shown: bytes, base64, a data URL or a path below the folder. */
  of(value: unknown): DraftPart
  /** How many of the column no placeholder has asked for. */
  left(): number
}

/** `folder` is where relative paths begin, and what none may lead out of; nothing is fetched. */
export function picturesOfRow(column: unknown, place: string, folder: ImageFolder): PicturesOfRow {
  const values = Array.isArray(column) ? column : column === null || column === undefined ? [] : [column]
  let at = 0
  let shown = 0
  const of = (value: unknown) => pictureOf(value, `${place}: image ${++shown}`, folder)
  return {
    all: values.length,
    of,
    next: () => (at < values.length ? of(values[at++]) : { type: 'gap', gap: 'image_unmatched' }),
    left: () => values.length - at,
  }
}

/** Somebody else's server is not asked: what lies in the web stays there. */
const isRemote = (value: unknown): boolean => {
  const held = Object(value)
  return [value, held.url, held.path, held.image, held.image_url, held.image_url?.url].some(
    each => typeof each === 'string' && /^\s*(https?|s3|gs|hf|ftp):/i.test(each),
  )
}

/** A picture, or why it is not there. */
export function pictureOf(value: unknown, place: string, folder: ImageFolder): DraftPart {
  if (isRemote(value)) return { type: 'gap', gap: 'remote_image' }
  try {
    const [image] = imagesOf(value, place, folder)
    if (!image) return { type: 'gap', gap: 'image_missing' }
    if ('path' in image && typeof folder === 'string') {
      if (!isBelow(image.path, folder)) return { type: 'gap', gap: 'image_outside' }
      if (!existsSync(image.path)) return { type: 'gap', gap: 'image_missing' }
    }
    // The place says where it stands; a path of a row may be a secret.
    return { type: 'image', image: { ...image, place } }
  } catch (error) {
    if (error instanceof ValueError) return { type: 'gap', gap: 'image_broken' }
    throw error
  }
}

/** Whatever links lead to. */
function isBelow(path: string, folder: string): boolean {
  const real = (each: string) => (existsSync(each) ? realpathSync(each) : each)
  const way = relative(real(folder), existsSync(path) ? real(path) : path)
  const written = relative(folder, path)
  return [way, written].every(each => each !== '' && !each.startsWith('..') && !isAbsolute(each))
}

/** Texts and the pictures that placeholders stand for. A placeholder's own line breaks are no text. */
export function placedParts(text: string, pictures: Pick<PicturesOfRow, 'next'>): DraftPart[] {
  const texts = text.split(placeholder)
  return texts.flatMap((each, index): DraftPart[] => {
    const isLast = index === texts.length - 1
    const from = index > 0 && each.startsWith('\n') ? 1 : 0
    const to = !isLast && each.endsWith('\n') && each.length > from ? -1 : undefined
    const shown = each.slice(from, to)
    return [
      ...(shown === '' ? [] : [{ type: 'text' as const, text: shown }]),
      ...(isLast ? [] : [pictures.next()]),
    ]
  })
}
