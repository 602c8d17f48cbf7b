import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { blobsIn } from './sqlite.ts'
import { type Store, tables } from './store.ts'

/**
 * Files under `blobs/` of a run's folder that nothing in its store names: a hash is named where it stands in any key or
 * value, whatever that is. Also what a writer that was killed left there. Nobody may work on the run meanwhile.
 */
export async function unnamedBlobs(folder: string, store: Store): Promise<string[]> {
  const unnamed = await blobFiles(blobsIn(folder))
  for (const table of tables) {
    for await (const row of store.scan(table)) {
      if (unnamed.size === 0) return []
      for (const hash of hashesIn(JSON.stringify(row))) unnamed.delete(hash)
    }
  }
  return [...unnamed.values()].sort()
}

/** What a writer makes here: a blob is named by its hash, and its draft after that. Nothing else is ours to judge. */
const ours = /^[0-9a-f]{64}(\.[\w-]+\.draft)?$/

/** Paths by their names. */
async function blobFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return new Map(
    entries
      .filter(entry => entry.isFile() && ours.test(entry.name))
      .map(({ name, parentPath }) => [name, join(parentPath, name)]),
  )
}

const hashLength = 64

/** Whatever may be a sha256 in hex; in a longer run of digits it may begin at each. */
export function* hashesIn(text: string): Generator<string> {
  for (const [digits] of text.matchAll(/[0-9a-f]{64,}/g))
    for (let from = 0; from + hashLength <= digits.length; from++) yield digits.slice(from, from + hashLength)
}
