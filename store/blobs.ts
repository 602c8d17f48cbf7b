import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { link, mkdir, open, opendir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { sha256 } from '../schemas/hash.ts'
import { DamagedPicture } from './errors.ts'
import { makeFolder } from './folder.ts'

/** Bytes that are kept in memory: every turn of every sample sends the same images again. */
const recentBytes = 64 << 20
/** Small pictures take more memory than their bytes. */
const mostRecent = 2048

/** Content-addressed files in a folder. What is read is held against its name, so nothing altered is handed on. */
export function openBlobs(folder: string) {
  const recent = new LRUCache<string, Uint8Array>({
    max: mostRecent,
    maxSize: recentBytes,
    sizeCalculation: bytes => bytes.length + 1,
  })
  return {
    put: (bytes: Uint8Array) => putBlob(folder, bytes),
    /** Whether there is one of that name, whatever it holds. */
    has: (hash: string): boolean => existsSync(blobPath(folder, hash)),
    /** Throws DamagedPicture where the file is gone or holds something else. */
    async get(hash: string): Promise<Uint8Array> {
      const known = recent.get(hash)
      if (known) return known
      const bytes = await readBlob(blobPath(folder, hash), hash)
      recent.set(hash, bytes)
      return bytes
    },
  }
}

const blobPath = (folder: string, hash: string) => join(folder, hash.slice(0, 2), hash)

/** Files up to so many bytes are read at once: to hand them to another thread takes longer than to read them. */
const smallBytes = 64 << 10

async function readBlob(path: string, hash: string): Promise<Uint8Array> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new DamagedPicture(`${path} is missing; ${remedy}`)
  const bytes = found.size > smallBytes ? await readFile(path) : readFileSync(path)
  if (sha256(bytes) !== hash) throw new DamagedPicture(`${path} is not what was kept there; ${remedy}`)
  return bytes
}

const remedy =
  'put it back from a copy of the folder, or `kindling run` again, which puts back the pictures of tasks'

/** The name appears only when the bytes are whole and on disk; a file that was altered since is replaced. */
async function putBlob(folder: string, bytes: Uint8Array): Promise<string> {
  const hash = sha256(bytes)
  const path = blobPath(folder, hash)
  await mkdir(join(folder, hash.slice(0, 2)), { recursive: true })
  const draft = `${path}.${randomUUID()}.draft`
  try {
    {
      await using file = await open(draft, 'wx')
      await file.writeFile(bytes)
      await file.datasync()
    }
    await link(draft, path)
  } catch (error) {
    if (!isThere(error)) throw error
    await readBlob(path, hash).catch(() => rename(draft, path))
  } finally {
    await rm(draft, { force: true })
  }
  return hash
}

/**
 * Put every blob of a folder into another, as a further name of the same file where both lie on one disk. What is there
 * is left alone; one that is damaged is found out when it is read.
 */
export async function takeBlobs(from: string, into: string): Promise<void> {
  for await (const entry of await opendir(from, { recursive: true })) {
    if (!entry.isFile() || !isHash.test(entry.name)) continue
    const path = blobPath(into, entry.name)
    makeFolder(dirname(path))
    const source = join(entry.parentPath, entry.name)
    await link(source, path).catch(async error => {
      if (isThere(error)) return
      if (!cannotLink.includes(error.code)) throw error
      await putBlob(into, await readBlob(source, entry.name))
    })
  }
}

const isHash = /^[0-9a-f]{64}$/

/** Another disk, a file system without links, too many of them, or a file of somebody else. */
const cannotLink = ['EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK']

const isThere = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EEXIST'
