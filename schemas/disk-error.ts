/** The last three: a file stands where a folder is needed, or has reached the size that is allowed. */
const diskCodes = ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT', 'EPERM', 'EIO', 'EEXIST', 'ENOTDIR', 'EFBIG']

/** A fault of the disk, whoever met it. SQLite says it in its message, the file system in its code. */
export const isOfDisk = (error: unknown): error is Error & { code?: string } =>
  error instanceof Error &&
  (diskCodes.includes('code' in error ? String(error.code) : '') ||
    /database or disk is full|readonly database|unable to open database|disk I\/O error/.test(error.message))
