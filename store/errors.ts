/** Another process works on this run. */
export class LockedError extends Error {
  override name = 'LockedError'
}

/** The disk or the database failed, or holds no such thing; the message names the store. */
export class StoreError extends Error {
  override name = 'StoreError'
}

/** What is kept is not what was put there: somebody or something altered, cut or removed it. The message names it. */
export class DamagedError extends StoreError {
  override name = 'DamagedError'
}

/** The same of a picture. Whoever reads it for a task names that, too. */
export class DamagedPicture extends DamagedError {}

export const readFor = <T>(task: string, reading: Promise<T>): Promise<T> =>
  reading.catch(error => {
    throw error instanceof DamagedPicture ? new DamagedError(`task ${task}: ${error.message}`) : error
  })

/** The bytes are not an image that can be used; the message says why, and `cure` what can be done about it. */
export class ImageError extends Error {
  override name = 'ImageError'
  readonly cure: string
  constructor(message: string, cure = 'correct it') {
    super(message)
    this.cure = cure
  }
}

/** The bytes may be an image, but it would take too long to see that. */
export class TooSlowError extends ImageError {
  override name = 'TooSlowError'
}

/** The bytes are of a format that is not taken. */
export class FormatError extends ImageError {
  override name = 'FormatError'
}
