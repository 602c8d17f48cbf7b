import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreError } from './errors.ts'

/**
 * File systems on which SQLite loses or damages what it keeps: its write-ahead log is shared memory, which two machines
 * do not share, and many of these only pretend to lock (https://sqlite.org/wal.html, "all processes using a database
 * must be on the same host computer"). By the numbers that Linux gives them: statfs(2), linux/magic.h, and what
 * coreutils' `stat -f` calls remote (src/stat.c).
 */
const unfit: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'SMB (CIFS)',
  4266872130: 'SMB 2',
  198183888: 'Lustre',
  1702057286: 'FUSE',
  16914839: '9p',
  12805120: 'Ceph',
  1196443219: 'GPFS (Spectrum Scale)',
  428016422: 'BeeGFS',
  537068840: 'OrangeFS',
  2866260714: 'PanFS',
  19993000: 'IBRIX',
  1633904243: 'ACFS',
  1937076805: 'Coda',
  1397113167: 'AFS',
  1799439955: 'AFS (kAFS)',
  22092: 'NCP',
  2020557398: 'a folder shared by VirtualBox',
  3133910204: 'a folder shared by VMware',
  2088527475: 'a folder shared by Parallels',
}

/** How a file system is called on which no store may lie, by the number that the kernel gives it. */
export const unfitName = (type: number): string | undefined => unfit[type >>> 0]

/**
 * The name of the file system of a folder, if no store may lie there; undefined where one may. A folder that is not
 * there yet will lie where the one above it does.
 */
export async function unfitFileSystem(folder: string): Promise<string | undefined> {
  try {
    return unfitName((await statfs(folder)).type)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const above = dirname(folder)
    return (code === 'ENOENT' || code === 'ENOTDIR') && above !== folder ? unfitFileSystem(above) : undefined
  }
}

/** What to do about it. */
export const fileSystemCure =
  'name an `output` folder on a disk of this machine, keep the run in a bucket by `store: s3(…)`, or give each of many machines a part and a disk of its own by `run --shard`'

/** Throws StoreError where a folder lies on a file system that SQLite cannot be trusted to. */
export async function demandFitFileSystem(folder: string): Promise<void> {
  const name = await unfitFileSystem(folder)
  if (name !== undefined)
    throw new StoreError(
      `${folder} lies on ${name}, where SQLite's log is not safe (several machines may write it); ${fileSystemCure}`,
    )
}
