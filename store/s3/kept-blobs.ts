import { sha256 } from '../../schemas/hash.ts'
import type { openBlobs } from '../blobs.ts'
import { DamagedPicture } from '../errors.ts'
import type { openLog } from './log.ts'
import type { Mirror } from './mirror.ts'
import type { Objects } from './objects.ts'

/** Bytes up to which a blob lies in the log, where it costs no request of its own. */
const smallBytes = 64 << 10

interface BlobMeans {
  objects: Objects
  mirror: Mirror
  log: Pick<ReturnType<typeof openLog>, 'write' | 'read'>
  /** What is on this disk is not asked for. */
  local: ReturnType<typeof openBlobs>
}

const blobKey = (hash: string) => `blobs/${hash.slice(0, 2)}/${hash}`

/** Content-addressed bytes of a run: objects of their own, or in the log if they are small. */
export function openKeptBlobs({ objects, mirror, log, local }: BlobMeans) {
  async function fetched(hash: string): Promise<Uint8Array | undefined> {
    const number = mirror.packedIn(hash)
    if (number === undefined) return (await objects.read(blobKey(hash)))?.bytes
    const segment = await log.read(Number(number))
    for (const entry of segment?.entries ?? []) {
      if (entry.kind !== 'blob') continue
      if (entry.sha256 === hash) return entry.bytes
      // It came along, and will be wanted.
      if (sha256(entry.bytes) === entry.sha256) await local.put(entry.bytes)
    }
    return undefined
  }

  async function keep(hash: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > smallBytes) return void (await objects.putNew(blobKey(hash), bytes))
    if (mirror.packedIn(hash) === undefined) await log.write({ kind: 'blob', sha256: hash, bytes })
  }

  return {
    async put(bytes: Uint8Array): Promise<string> {
      const hash = sha256(bytes)
      // What lies on this disk was in the bucket before.
      if (await isThere(hash)) return hash
      await keep(hash, bytes)
      return local.put(bytes)
    },
    /** Throws DamagedPicture where it is gone or another one. */
    async get(hash: string): Promise<Uint8Array> {
      if (await isThere(hash)) return local.get(hash)
      const bytes = await fetched(hash)
      if (!bytes || sha256(bytes) !== hash)
        throw new DamagedPicture(
          `${objects.show(blobKey(hash))} ${bytes ? 'is not what was kept there' : 'is missing'}; put it back from a copy of the bucket`,
        )
      await local.put(bytes)
      return bytes
    },
  }

  function isThere(hash: string): Promise<boolean> {
    return local.get(hash).then(
      () => true,
      () => false,
    )
  }
}
