import { lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sha256 } from '../../schemas/hash.ts'
import { DamagedError } from '../../store/errors.ts'
import { type Fault, spoilt } from './fault.ts'
import { type HeldManifest, heldManifestIn } from './held-manifest.ts'

/** How far the manifests were followed, each by the hash that the next one names. */
export interface Chain {
  /** Numbered exports whose manifest is the one that is named, newest first. */
  checked: string[]
  /**
   * The `first` export; one that is `gone`; a copy that lies `apart` from the others; one that a kindling wrote before
   * they were a chain (`unchained`); or where it is `broken`.
   */
  end: 'first' | 'gone' | 'apart' | 'unchained' | 'broken'
  /** Which export is gone, or lies elsewhere. */
  at?: string
}

interface Followed {
  chain: Chain
  faults: Fault[]
}

/** An export's name, and what it says was before it. */
interface Link {
  name: string
  before: HeldManifest['before']
}

type End = Omit<Chain, 'checked'> & { fault?: Fault }

/**
 * Follow `before` from the manifest of the export in a folder through the numbered exports beside it. Only folders that
 * are named by a number are looked into, each an earlier one than that which names it.
 */
export async function followChain(folder: string, { before }: HeldManifest): Promise<Followed> {
  const beside = dirname(folder)
  const checked: string[] = []
  for (let link: Link = { name: basename(folder), before }; ; ) {
    const next = link.before ? await stepFrom(link, link.before, beside) : await endOf(link, beside)
    if ('end' in next) {
      const { fault, ...end } = next
      return { chain: { checked, ...end }, faults: fault ? [fault] : [] }
    }
    checked.push(next.name)
    link = next
  }
}

/** Whether a folder's name is the number of an export. */
export const isExportNumber = (name: string): boolean => /^\d{4,}$/.test(name)

async function stepFrom(
  { name }: Link,
  named: NonNullable<Link['before']>,
  beside: string,
): Promise<Link | End> {
  if (!isExportNumber(name)) return { end: 'apart', at: named.export }
  const broken = (found: string) => brokenAt(name, `${named.export} with sha256 ${named.manifest}`, found)
  if (!(Number(named.export) < Number(name))) return broken(`${named.export} is not earlier than ${name}`)
  const earlier = await heldIn(join(beside, named.export))
  if (earlier === null) return { end: 'gone', at: named.export }
  if (typeof earlier === 'string') return broken(earlier)
  if (earlier.sha256 !== named.manifest) return broken(`${named.export} with sha256 ${earlier.sha256}`)
  return { name: named.export, before: earlier.before }
}

/** Nothing may have been before the first one. */
async function endOf({ name, before }: Link, beside: string): Promise<End> {
  if (before === undefined) return { end: 'unchained' }
  const others = isExportNumber(name) ? (await readdir(beside)).filter(isExportNumber).sort() : []
  const earlier = others.findLast(other => Number(other) < Number(name))
  return earlier === undefined ? { end: 'first' } : brokenAt(name, earlier, 'none')
}

const brokenAt = (name: string, expected: string, found: string): End => ({
  end: 'broken',
  fault: spoilt(
    'manifest.json',
    `${expected} before ${name}`,
    found,
    'take both anew from where they were made',
  ),
})

/** What the manifest of an earlier export is, why there is none, or null where the export is gone. */
async function heldIn(
  folder: string,
): Promise<{ sha256: string; before: HeldManifest['before'] } | string | null> {
  const there = await lstat(folder).catch(() => null)
  if (there === null) return null
  if (!there.isDirectory()) return `${basename(folder)} is no folder`
  try {
    const read = await heldManifestIn(folder)
    return read
      ? { sha256: sha256(read.bytes), before: read.manifest.before }
      : `no manifest in ${basename(folder)}`
  } catch (error) {
    if (error instanceof DamagedError) return error.message
    throw error
  }
}
