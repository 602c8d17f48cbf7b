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
