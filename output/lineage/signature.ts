import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../schemas/input-error.ts'
import { machineFault } from '../../schemas/machine-fault.ts'
import { DamagedError } from '../../store/errors.ts'
import { signatureName } from '../run-about.ts'
import { type Fault, spoilt } from './fault.ts'
import { regularFile } from './held-manifest.ts'

/**
 * Bytes of a signature: Ed25519 (RFC 8032) over the bytes of `manifest.json`, which names every other file by its hash.
 * It is written as it is, for `openssl pkeyutl -verify -rawin`.
 */
const length = 64

const make = 'make one with `openssl genpkey -algorithm ed25519 -out <file>`'

/**
 * A private key to sign with, as a PEM file in PKCS #8. Throws InputError for another kind of key, and for one that
 * others may read.
 */
export function privateKeyIn(path: string): KeyObject {
  const where = `--sign ${path}`
  const text = textOfKey(where, path)
  if ((statSync(path).mode & 0o077) !== 0)
    throw new InputError([`${where}: others than its owner may read it; \`chmod 600\` it`])
  if (text.includes('ENCRYPTED'))
    throw new InputError([`${where}: it is encrypted; give it decrypted, or ${make}`])
  return ed25519(where, `a private key; ${make}`, () => createPrivateKey(text))
}

/** The public key that belongs to it. Throws InputError for what is none. */
export function publicKeyIn(path: string): KeyObject {
  const where = `--key ${path}`
  const text = textOfKey(where, path)
  const make = '`openssl pkey -pubout -in <private key>` writes one'
  if (text.includes('PRIVATE KEY'))
    throw new InputError([`${where}: it is a private key; give the public one: ${make}`])
  return ed25519(where, `a public key; ${make}`, () => createPublicKey(text))
}

/** Bytes: no key has more. */
const mostOfKey = 100_000

function textOfKey(where: string, path: string): string {
  try {
    const found = statSync(path)
    if (found.isFile() && found.size <= mostOfKey) return readFileSync(path, 'utf8')
  } catch (error) {
    const { message } = error as Error
    const why =
      machineFault(error)?.words ?? (message.startsWith('ENOENT') ? 'there is no such file' : message)
    throw new InputError([`${where}: ${why}; give the path of a key`])
  }
  throw new InputError([`${where}: it is no file of a key; give the path of one`])
}

function ed25519(where: string, wanted: string, read: () => KeyObject): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch {
    throw new InputError([`${where}: it is not in PEM as ${wanted}`])
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new InputError([`${where}: it is of the kind ${key.asymmetricKeyType}, not ed25519 as ${wanted}`])
}

/** Sign the export in a folder, beside its manifest: nothing else in it changes. Signed by the same key, it stays. */
export async function signExport(folder: string, key: KeyObject): Promise<void> {
  const path = join(folder, signatureName)
  const signature = sign(null, await readFile(join(folder, 'manifest.json')), key)
  const before = await readFile(path).catch(() => null)
  if (before?.equals(signature)) return
  await rm(`${path}.draft`, { force: true })
  await writeFile(`${path}.draft`, signature, { flush: true })
  await rename(`${path}.draft`, path)
}

/** Whether a manifest is signed: `good` by the key that was given, `unchecked` where none was. */
export type Signed = 'good' | 'unchecked' | 'none' | 'bad'

/** Hold the signature of a manifest against a public key, if one is given: then there has to be one. */
export async function checkSignature(
  folder: string,
  manifest: Uint8Array,
  key: KeyObject | undefined,
): Promise<{ signed: Signed; faults: Fault[] }> {
  const bad = (expected: string, found: string, cure?: string) => ({
    signed: 'bad' as const,
    faults: [spoilt(signatureName, expected, found, cure)],
  })
  const signature = await regularFile(join(folder, signatureName), 1000).catch(error => {
    if (error instanceof DamagedError) return error
    throw error
  })
  if (signature instanceof DamagedError) return bad('a signature', signature.message)
  if (signature === null)
    return key
      ? { ...bad('a signature by the key', 'none', 'sign it with `kindling export --sign`'), signed: 'none' }
      : { signed: 'none', faults: [] }
  if (signature.length !== length) return bad(`${length} bytes of Ed25519`, `${signature.length} bytes`)
  if (!key) return { signed: 'unchecked', faults: [] }
  return verify(null, manifest, key, signature)
    ? { signed: 'good', faults: [] }
    : bad('a signature by the key', 'one of another manifest or by another key')
}
