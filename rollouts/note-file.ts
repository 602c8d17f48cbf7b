import { fileDigest } from '../schemas/file-hash.ts'
import type { TaskFile } from '../tasks/files.ts'
import { isRemote } from '../tasks/remote/places.ts'
import type { Reach } from '../tasks/remote/reach.ts'

/** Says of a file of this disk that all of it was read, bad rows too: they cost themselves. */
export async function noteFile({ origin, path }: TaskFile, reach: Reach | undefined): Promise<void> {
  if (reach?.noted && !isRemote(origin)) reach.noted({ path: origin, ...(await fileDigest(path)) })
}
