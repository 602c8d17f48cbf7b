import { join, normalize } from 'node:path/posix'
import { DamagedPicture, ImageError } from '../../store/errors.ts'
import { maxImageBytes, tooManyBytes } from '../../store/images.ts'
import { persistently } from '../../store/remote/persistently.ts'
import { RemoteError } from '../../store/remote/remote-error.ts'
import { ValueError } from '../field-values.ts'
import type { Place, RemoteFile } from './place.ts'
import type { Reach } from './reach.ts'

/** Where the images of a table lie that is not on this disk. */
export interface PictureFolder {
  /** The image at a relative path. Throws ValueError where that leads out of the place. */
  picture(path: string): { shown: string; fetch(): Promise<Uint8Array> }
}

/** The images of a table: at the same place, and as of the same commit. */
export function picturesBeside(
  place: Place,
  { table, commit }: { table: string; commit: string | null },
  reach: Reach,
): PictureFolder {
  const folder = place.imagesOf(table)
  return {
    picture(relative) {
      const path = normalize(join(table, '..', relative))
      const isBelow =
        folder === '' || folder === '.' ? !path.startsWith('../') : path.startsWith(`${folder}/`)
      if (relative.startsWith('/') || !isBelow)
        throw new ValueError(`leads out of ${place.show(folder)}; give a path of an image that lies there`)
      const file = { path, version: commit ?? undefined }
      return { shown: place.show(path), fetch: () => fetchPicture(place, file, reach) }
    },
  }
}

/** What is said of a picture that is not at its place. */
export const noSuchPicture = 'there is no such file'

/** The bytes of a picture, the same as the run read first. Throws ImageError, or RemoteError where it cannot be had. */
async function fetchPicture(place: Place, file: Pick<RemoteFile, 'path' | 'version'>, reach: Reach) {
  const pin = `picture/${place.show(file.path)}`
  const first = await reach.pins.get<string>(pin)
  const kept = first === undefined ? undefined : await keptPicture(first, reach)
  if (kept) return kept
  const bytes = await persistently(reach, () => bytesOf(place, file, reach))
  const is = await reach.pictures.put(bytes)
  if (first !== undefined && first !== is)
    throw new ImageError(`it is another picture than the run read first (was sha256 ${first}, is ${is})`)
  reach.pins.set(pin, is)
  return bytes
}

async function keptPicture(sha256: string, { pictures }: Reach): Promise<Uint8Array | undefined> {
  try {
    return await pictures.get(sha256)
  } catch (error) {
    if (error instanceof DamagedPicture) return undefined
    throw error
  }
}

async function bytesOf(place: Place, file: Pick<RemoteFile, 'path' | 'version'>, { signal }: Reach) {
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    const { size, body } = await place.open(file, { start: 0 }, signal)
    for await (const piece of body) {
      pieces.push(piece)
      length += piece.length
      if (length > maxImageBytes) throw new ImageError(tooManyBytes(size ?? length))
    }
    if (size !== null && size !== length)
      throw new RemoteError(
        `${place.show(file.path)}: it broke off after ${length} of ${size} bytes`,
        'passing',
      )
  } catch (error) {
    throw error instanceof RemoteError && error.kind === 'absent' ? new ImageError(noSuchPicture) : error
  }
  return Buffer.concat(pieces)
}
