import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { lazyValidator } from '../../schemas/validate.ts'
import { DamagedError } from '../../store/errors.ts'

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Amount = Type.Integer({ minimum: 0 })

const HeldFile = Type.Object({
  path: Type.String({ minLength: 1 }),
  bytes: Amount,
  sha256: Sha256,
  rows: Type.Optional(Amount),
})
export type HeldFile = Static<typeof HeldFile>

/**
 * What any manifest says that holds an export together; whatever else it says is passed over. Version 1 names no input
 * and no manifest before it.
 */
const HeldManifest = Type.Object({
  manifest_version: Type.Enum([1, 2]),
  name: Type.String(),
  /** The numbered export before it, and the sha256 of its manifest; null where it is the first. */
  before: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Object({ export: Type.String({ pattern: '^[0-9]+$' }), manifest: Sha256 }),
    ]),
  ),
  targets: Type.Array(Type.Object({ name: Type.String(), rows: Amount })),
  files: Type.Array(HeldFile),
})
export type HeldManifest = Static<typeof HeldManifest>

const checked = lazyValidator(HeldManifest)

/** Bytes: more than this no manifest has. */
const most = 100_000_000

/** A manifest, and the bytes that it is. */
export interface Read {
  manifest: HeldManifest
  bytes: Buffer
}

/**
 * The manifest of the export in a folder; null where there is none. Throws DamagedError where what is there is no
 * manifest.
 */
export async function heldManifestIn(folder: string): Promise<Read | null> {
  const path = join(folder, 'manifest.json')
  const bytes = await regularFile(path, most)
  return bytes && { manifest: parsedManifest(path, bytes), bytes }
}

/** A manifest, and as what it is shown. Throws DamagedError where the bytes are none. */
export function parsedManifest(shown: string, bytes: Uint8Array): HeldManifest {
  const read = checked(parsed(shown, bytes))
  if (read.ok) return read.value
  throw noManifest(shown, `${read.field || 'it'} ${read.message}`)
}

function parsed(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw noManifest(path, 'it is not JSON')
  }
}

const noManifest = (path: string, why: string) =>
  new DamagedError(
    `${path} is no manifest of an export (${why}); take the export anew from where it was made`,
  )

/** Reads no link, and waits for nobody where it is a pipe. */
export const asItLies = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * The bytes of a regular file, null where there is none. Throws DamagedError for a link, for what is no file, and for a
 * larger one.
 */
export async function regularFile(path: string, most: number): Promise<Buffer | null> {
  await using file = await opened(path)
  if (!file) return null
  const found = await file.stat()
  if (!found.isFile()) throw new DamagedError(`${path} is no regular file; put the file itself there`)
  if (found.size > most)
    throw new DamagedError(
      `${path} has ${found.size} bytes, and at most ${most} are read; it is none of ours`,
    )
  return file.readFile()
}

async function opened(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, asItLies)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code === 'ELOOP') throw new DamagedError(`${path} is a symbolic link; put the file itself there`)
    throw error
  }
}
