import type { KeyObject } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { InputError } from '../../schemas/input-error.ts'
import { type Chain, followChain } from './chain.ts'
import type { Fault } from './fault.ts'
import { fileFaults } from './files.ts'
import { heldManifestIn } from './held-manifest.ts'
import { checkSignature, type Signed } from './signature.ts'

/** What an export came to that was held against its manifest, its signature and the exports before it. */
export interface Verified {
  /** Where it really lies. */
  folder: string
  name: string
  files: number
  bytes: number
  /** By target. */
  rows: Record<string, number>
  chain: Chain
  signature: Signed
  faults: Fault[]
}

/**
 * Hold an export against its manifest. With a public key it has to be signed. Everything is read once, one piece at a
 * time. Throws InputError where there is no manifest, and DamagedError where it is none that can be one.
 */
export async function verifyExport(given: string, key?: KeyObject): Promise<Verified> {
  const folder = await realpath(given).catch(() => {
    throw new InputError([`${given}: there is no such folder; give that of an export`])
  })
  const read = await heldManifestIn(folder)
  if (!read) throw new InputError([`${given}: there is no manifest.json in it; give the folder of an export`])
  const { manifest, bytes } = read
  const { signed, faults } = await checkSignature(folder, bytes, key)
  const followed = await followChain(folder, manifest)
  const ofFiles = await Array.fromAsync(fileFaults(folder, manifest))
  return {
    folder,
    name: manifest.name,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: Object.fromEntries(manifest.targets.map(({ name, rows }) => [name, rows])),
    chain: followed.chain,
    signature: signed,
    faults: [...faults, ...followed.faults, ...ofFiles],
  }
}
