import { access, readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shownPath } from '../schemas/config-folder.ts'
import { shortened } from '../schemas/input-error.ts'
import { isObject } from '../schemas/json.ts'
import { ImageError } from '../store/errors.ts'
import { maxImageBytes, tooManyBytes } from '../store/images.ts'
import { ValueError } from './field-values.ts'
import { fileFault, spellingsOf } from './file-faults.ts'
import type { PictureFolder } from './remote/pictures.ts'
import type { ImageSource } from './source.ts'
import { writtenData } from './written-data.ts'

/** Where relative paths of images begin: a folder of this disk, or where the table lies elsewhere. */
export type ImageFolder = string | PictureFolder

/**
 * The images of one cell: bytes, a path relative to `folder`, a file or data URL, base64, Hugging Face's
 * `{ bytes, path }` (https://huggingface.co/docs/datasets/image_dataset), `{ url }`, a list of these, or such a list as
 * text. Throws ValueError for anything else.
 */
export function imagesOf(cell: unknown, place: string, folder: ImageFolder): ImageSource[] {
  const value = written(cell)
  if (value === null || value === undefined) return []
  const values = Array.isArray(value) ? value : [value]
  return values.map((item, index) => {
    const name = values.length === 1 ? 'image' : `image ${index + 1}`
    return imageOf(written(item), `${place}: ${name}`, folder)
  })
}

/** Whether nothing is said where an image would stand, in the ways of tables: null, "", [] and objects of these. */
export const holdsNoImage = (cell: unknown): boolean => {
  const value = written(cell)
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return value.trim() === ''
  if (value instanceof Uint8Array) return value.length === 0
  return typeof value === 'object' && Object.values(value).every(holdsNoImage)
}

const written = (value: unknown): unknown =>
  typeof value === 'string' ? (writtenData(value) ?? value) : value

/** Where an object says what its image is; the first that says so holds, and bytes before all. */
const homes = ['bytes', 'path', 'url', 'image', 'image_url']

function imageOf(value: unknown, place: string, folder: ImageFolder): ImageSource {
  if (value instanceof Uint8Array) return { place, bytes: value }
  if (typeof value === 'string') return fromText(value, place, folder)
  const home = isObject(value) && homes.find(name => (value[name] ?? null) !== null)
  if (!home) throw new ValueError(unusable)
  const held = value[home]
  return home === 'bytes' ? { place, bytes: bytesOf(held) } : imageOf(held, place, folder)
}

const isByte = (value: unknown): value is number =>
  Number.isInteger(value) && Buffer.of(Number(value))[0] === value

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return isDataUrl(value) ? fromDataUrl(value) : fromBase64(value)
  if (Array.isArray(value) && value.every(isByte)) return Uint8Array.from(value)
  throw new ValueError('holds an image whose `bytes` are neither bytes nor base64; correct the row')
}

const isDataUrl = (text: string): boolean => /^\s*data:/i.test(text)

const unusable =
  'holds something that is no image; give a path, bytes, a data URL, { bytes, path }, or a list of these'

function fromText(text: string, place: string, folder: ImageFolder): ImageSource {
  if (isDataUrl(text)) return { place, bytes: fromDataUrl(text) }
  if (isPictureInBase64(text)) return { place, bytes: fromBase64(text) }
  if (text === '' || text.includes('\0')) {
    throw new ValueError('holds a path that is empty or has a NUL character; correct the row')
  }
  if (typeof folder !== 'string') {
    const { shown, fetch } = folder.picture(pathIn(text))
    return { place: `${place} ${shortened(shown)}`, fetch }
  }
  const path = resolve(folder, pathIn(text))
  return { place: `${place} ${shortened(shownPath(path))}`, path }
}

/** Of Linux, in bytes. */
const longestPath = 4095

function pathIn(text: string): string {
  const [scheme] = /^[a-z][a-z0-9+.-]+:\/\//i.exec(text) ?? []
  if (scheme === undefined && text.length > longestPath)
    throw new ValueError(
      `holds a text (${shortened(text)}) that is neither a path nor a picture in base64; correct it`,
    )
  if (scheme === undefined) return text
  if (scheme.toLowerCase() !== 'file://')
    throw new ValueError(`is a URL (${shortened(text)}); download the image and give its path`)
  try {
    return fileURLToPath(text)
  } catch {
    throw new ValueError(`is no file URL of this machine (${shortened(text)}); write file:///… or a path`)
  }
}

/** https://www.rfc-editor.org/rfc/rfc2397 */
function fromDataUrl(text: string): Uint8Array {
  const comma = text.indexOf(',')
  const data = comma < 0 ? undefined : unescaped(text.slice(comma + 1))
  if (data === undefined)
    throw new ValueError(
      `is a data URL that is not whole (${shortened(text)}); write data:image/png;base64,…`,
    )
  return /;\s*base64\s*$/i.test(text.slice(0, comma)) ? fromBase64(data) : Buffer.from(data)
}

function unescaped(text: string): string | undefined {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return undefined
  }
}

/** In either alphabet, and with breaks between lines. Throws ValueError where other characters are in it. */
function fromBase64(text: string): Uint8Array {
  const stray = /[^\w+/=\s-]/.exec(text)
  if (stray) throw new ValueError(`is not base64 from character ${stray.index + 1} on; encode it anew`)
  return Buffer.from(text, 'base64')
}

/** How pictures begin; a name of a file hardly does when it is read as base64. */
const beginnings =
  /^(\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II[*+]\0|MM\0[*+]|BM.{4}\0{4}|.{4}ftyp|\s*<(\?xml|svg))/s

const isPictureInBase64 = (text: string): boolean =>
  beginnings.test(Buffer.from(text.slice(0, 200), 'base64').toString('latin1')) &&
  /^[\w+/=\s-]{32,}$/.test(text)

/** An image that is a file of this disk. */
export type ImageFile = Extract<ImageSource, { path: string }>

/** The bytes of an image. Throws ImageError for a file that is missing, unreadable, too large, or not a file. */
export async function imageBytes(source: ImageSource): Promise<Uint8Array> {
  if ('bytes' in source) return source.bytes
  if ('fetch' in source) return source.fetch()
  try {
    const path = await pathThere(source.path)
    const found = await stat(path)
    if (found.isDirectory()) throw new ImageError('it is a folder')
    if (!found.isFile()) throw new ImageError('it is not a regular file')
    if (found.size > maxImageBytes) throw new ImageError(tooManyBytes(found.size))
    return await readFile(path)
  } catch (error) {
    throw error instanceof ImageError ? error : new ImageError(fileFault(error))
  }
}

/** The spelling of a path under which there is something; as it is written where there is nothing. */
export async function pathThere(path: string): Promise<string> {
  const spellings = spellingsOf(path)
  for (const each of spellings.length > 1 ? spellings : []) {
    const isThere = await access(each).then(
      () => true,
      () => false,
    )
    if (isThere) return each
  }
  return path
}
