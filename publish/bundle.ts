import { openAsBlob } from 'node:fs'
import { basename, join } from 'node:path'
import { isExportNumber } from '../output/lineage/chain.ts'
import { type HeldManifest, heldManifestIn, regularFile } from '../output/lineage/held-manifest.ts'
import { verifyExport } from '../output/lineage/verify-export.ts'
import { signatureName } from '../output/run-about.ts'
import { sha256 } from '../schemas/hash.ts'
import { DamagedError } from '../store/errors.ts'
import { type HashedBlob, isUnreadable } from '../store/remote/put-blob.ts'

/** A file of an export. Its bytes cannot be read any more once somebody has altered it. */
export interface BundleFile extends HashedBlob {
  /** Below the export's folder. */
  path: string
}

/** A finished export, whole and as it was written. */
export interface Bundle {
  /** Where it really lies. */
  folder: string
  name: string
  /** Such as `0003`; null where its folder has none, as that of a copy. */
  number: string | null
  manifest: HeldManifest
  /** sha256 of the manifest, which names all other files by theirs. */
  sha256: string
  /** The manifest is the last one, after its signature. */
  files: BundleFile[]
}

/**
 * Open an export to be pushed. Throws InputError where there is none, and DamagedError where it is not what its
 * manifest says.
 */
export async function openBundle(given: string): Promise<Bundle> {
  // Opened before they are read: what is altered while they are verified, or later, is noticed.
  const early = await blobsIn(given)
  const { folder, faults } = await verifyExport(given)
  const [fault] = faults
  if (fault) {
    const others =
      faults.length > 1 ? `; \`kindling verify\` says what else, ${faults.length - 1} in all` : ''
    const { path, expected, found, cure } = fault
    throw new DamagedError(
      `${join(folder, path)}: expected ${expected}, found ${found}; ${cure}, nothing was pushed${others}`,
    )
  }
  const read = await heldManifestIn(folder)
  if (!read) throw altered(folder)
  const { manifest, bytes } = read
  const files = manifest.files.map(({ path, bytes, sha256 }) => ({
    path,
    bytes,
    sha256,
    blob: early.get(path) ?? fail(path),
  }))
  const number = isExportNumber(basename(folder)) ? basename(folder) : null
  const last = [...(await signatureIn(folder)), wholeFile('manifest.json', bytes)]
  return {
    folder,
    name: manifest.name,
    number,
    manifest,
    sha256: sha256(bytes),
    files: [...files, ...last],
  }
}

/** What can be opened of the files that a manifest names; whether that is all is asked later. */
async function blobsIn(folder: string): Promise<Map<string, Blob>> {
  const read = await heldManifestIn(folder)
  const blobs = new Map<string, Blob>()
  for (const { path } of read?.manifest.files ?? []) {
    const blob = await openAsBlob(join(folder, path)).catch(() => undefined)
    if (blob) blobs.set(path, blob)
  }
  return blobs
}

/** The shards of a target, as readers of Parquet take them. */
export const shardsOf = (target: string, { files, folder }: Pick<Bundle, 'files' | 'folder'>) =>
  files
    .filter(({ path }) => path.startsWith(`${target}/`) && path.endsWith('.parquet'))
    .map(({ path }) => ({ path: join(folder, path), shown: path }))

/** Bytes: no signature has more. */
const mostOfSignature = 100_000

async function signatureIn(folder: string): Promise<BundleFile[]> {
  const bytes = await regularFile(join(folder, signatureName), mostOfSignature)
  return bytes ? [wholeFile(signatureName, bytes)] : []
}

/** A file of so few bytes that they are held. */
export const wholeFile = (path: string, bytes: Uint8Array): BundleFile => ({
  path,
  bytes: bytes.length,
  sha256: sha256(bytes),
  blob: new Blob([new Uint8Array(bytes)]),
})

const altered = (path: string) =>
  new DamagedError(
    `${path} was altered or removed while the export was pushed; leave it alone, or take the export anew from where ` +
      'it was made',
  )

function fail(path: string): never {
  throw altered(path)
}

/** An error for a person, where it is of a file that could not be read because it is another one by now. */
export const asAltered = (error: unknown, { folder }: Bundle): unknown =>
  isUnreadable(error) ? altered(folder) : error
