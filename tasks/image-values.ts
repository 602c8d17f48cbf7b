import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { shownPath } from '../schemas/config-folder.ts'
import { ImageError } from '../store/errors.ts'
import { maxImageBytes, tooManyBytes } from '../store/images.ts'
import { ValueError } from './field-values.ts'
import { fileFault } from './file-faults.ts'
import type { ImageSource } from './source.ts'

/**
 * The images of one cell: bytes, a path relative to `folder`, a data URL, Hugging Face's `{ bytes, path }`
 * (https://huggingface.co/docs/datasets/image_dataset), or a list of these. Throws ValueError for anything else.
 */
export function imagesOf(value: unknown, place: string, folder: string): ImageSource[] {
  if (value === null || value === undefined) return []
  const values = Array.isArray(value) ? value : [value]
  return values.map((item, index) => {
    const name = values.length === 1 ? 'image' : `image ${index + 1}`
    return imageOf(item, `${place}: ${name}`, folder)
  })
}

function imageOf(value: unknown, place: string, folder: string): ImageSource {
  if (value instanceof Uint8Array) return { place, bytes: value }
  if (typeof value === 'string') return fromText(value, place, folder)
  if (value === null || typeof value !== 'object') throw new ValueError(unusable)
  const { bytes, path } = value as { bytes?: unknown; path?: unknown }
  if (bytes instanceof Uint8Array) return { place, bytes }
  if (typeof path === 'string') return fromText(path, place, folder)
  throw new ValueError(unusable)
}

const unusable =
  'holds something that is no image; give a path, bytes, a data URL, { bytes, path }, or a list of these'

function fromText(text: string, place: string, folder: string): ImageSource {
  const data = /^data:[^,]*;base64,/.exec(text.slice(0, 100))
  if (data) return { place, bytes: Buffer.from(text.slice(data[0].length), 'base64') }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    throw new ValueError(`is a URL (${text.slice(0, 200)}); download the image and give its path`)
  }
  if (text === '' || text.includes('\0')) {
    throw new ValueError('holds a path that is empty or has a NUL character; correct the row')
  }
  const path = resolve(folder, text)
  return { place: `${place} ${shownPath(path)}`, path }
}

/** The bytes of an image. Throws ImageError for a file that is missing, unreadable, too large, or not a file. */
export async function imageBytes(source: ImageSource): Promise<Uint8Array> {
  if ('bytes' in source) return source.bytes
  try {
    const found = await stat(source.path)
    if (found.isDirectory()) throw new ImageError('it is a folder')
    if (!found.isFile()) throw new ImageError('it is not a regular file')
    if (found.size > maxImageBytes) throw new ImageError(tooManyBytes(found.size))
    return await readFile(source.path)
  } catch (error) {
    throw error instanceof ImageError ? error : new ImageError(fileFault(error))
  }
}
