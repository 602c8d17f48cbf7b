import { openAsBlob } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileDigest } from '../../schemas/file-hash.ts'
import { sha256 } from '../../schemas/hash.ts'
import type { openBlobs } from '../blobs.ts'
import { DamagedError, DamagedPicture, StoreError } from '../errors.ts'
import { largestPut } from '../remote/put-blob.ts'
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
    get,
    /** The same of a file, which is not copied on this disk. */
    async putFile(path: string, { bytes, sha256: hash }: FileDigest): Promise<void> {
      if (local.has(hash) || mirror.packedIn(hash) !== undefined) return
      if (bytes > largestPut)
        throw new StoreError(`${path}: it has more than 5 GiB, and a bucket takes no more at once`)
      if (bytes > smallBytes)
        return void (await objects.putFile(blobKey(hash), {
          bytes,
          sha256: hash,
          blob: await openAsBlob(path),
        }))
      const small = await readFile(path)
      if (sha256(small) !== hash) throw new DamagedError(`${path} was altered meanwhile; export it again`)
      await keep(hash, small)
    },
    /** Into a file, which is there as a whole or not at all. */
    async fetchFile(path: string, { bytes, sha256: hash }: FileDigest): Promise<void> {
      await mkdir(dirname(path), { recursive: true })
      const draft = `${path}.draft`
      if (bytes <= smallBytes || local.has(hash)) await writeFile(draft, await get(hash), { flush: true })
      else {
        const found = await objects.readInto(blobKey(hash), draft)
        if (found !== hash) throw lost(hash, found !== undefined)
      }
      await rename(draft, path)
    },
  }

  async function get(hash: string): Promise<Uint8Array> {
    if (await isThere(hash)) return local.get(hash)
    const bytes = await fetched(hash)
    if (!bytes || sha256(bytes) !== hash) throw lost(hash, bytes !== undefined)
    await local.put(bytes)
    return bytes
  }

  function lost(hash: string, isThere: boolean) {
    const what = isThere ? 'is not what was kept there' : 'is missing'
    return new DamagedPicture(`${objects.show(blobKey(hash))} ${what}; put it back from a copy of the bucket`)
  }

  function isThere(hash: string): Promise<boolean> {
    return local.get(hash).then(
      () => true,
      () => false,
    )
  }
}
