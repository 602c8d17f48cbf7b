import { open, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../../schemas/file-hash.ts'
import { openBytes } from '../../tasks/parquet/bytes.ts'
import { footerOf } from '../../tasks/parquet/footer.ts'
import { signatureName } from '../run-about.ts'
import { type Fault, spoilt } from './fault.ts'
import { asItLies, type HeldFile, type HeldManifest } from './held-manifest.ts'

/** What stands beside the named files: the manifest itself, and its signature. */
const beside = ['manifest.json', signatureName]

/** What git, and whoever fetches from the Hub, leave in a copy. */
const leftByOthers = ['.gitattributes', '.git', '.cache']

/**
 * Hold every file of an export against its manifest, one after another: names, sizes, hashes, the rows of shards, and
 * that nothing else is there. No link is followed, so nothing outside of the folder is read.
 */
export async function* fileFaults(folder: string, { files, targets }: HeldManifest): AsyncGenerator<Fault> {
  const there = new Map<string, 'file' | 'no file'>()
  for await (const [path, kind] of entriesIn(folder, '')) there.set(path, kind)
  const named = new Set<string>(beside)
  for (const file of files) {
    const fault = namedTwice(file, named) ?? (await faultOfFile(folder, file, there.get(file.path)))
    if (fault) yield fault
    named.add(file.path)
  }
  for (const path of [...there.keys()].filter(path => !named.has(path)).sort())
    yield { path, expected: 'nothing', found: 'a file that the manifest does not name', cure: 'remove it' }
  for (const { name, rows } of targets) {
    const held = files.filter(({ path }) => path.startsWith(`${name}/`))
    const counted = held.reduce((sum, { rows = 0 }) => sum + rows, 0)
    if (counted !== rows) yield spoilt('manifest.json', `${rows} rows of ${name}`, `${counted} in its files`)
  }
}

function namedTwice({ path }: HeldFile, named: ReadonlySet<string>): Fault | undefined {
  if (named.has(path)) return spoilt('manifest.json', 'every file named once', `${path} again`)
  const isBelow = !path.startsWith('/') && !path.split('/').some(part => ['', '.', '..'].includes(part))
  return isBelow ? undefined : spoilt('manifest.json', 'files of the export alone', `the path ${path}`)
}

/** Every entry that is no folder, by its path below the first folder. */
async function* entriesIn(folder: string, below: string): AsyncGenerator<[string, 'file' | 'no file']> {
  for await (const entry of await opendir(join(folder, below))) {
    if (below === '' && leftByOthers.includes(entry.name)) continue
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* entriesIn(folder, path)
    else yield [path, entry.isFile() ? 'file' : 'no file']
  }
}

async function faultOfFile(folder: string, file: HeldFile, kind?: string): Promise<Fault | undefined> {
  const { path, bytes, rows } = file
  if (kind === undefined) return spoilt(path, `${bytes} bytes`, 'no such file')
  if (kind === 'no file') return spoilt(path, 'a regular file', 'a link or a special file')
  await using opened = await open(join(folder, path), asItLies)
  const { size } = await opened.stat()
  if (size !== bytes) return spoilt(path, `${bytes} bytes`, `${size} bytes`)
  const lines = path.endsWith('.jsonl') ? lineCount() : undefined
  const { sha256 } = await digestOf(opened, lines?.see)
  if (sha256 !== file.sha256) return spoilt(path, `sha256 ${file.sha256}`, `sha256 ${sha256}`)
  if (rows === undefined) return undefined
  return faultOfRows(path, rows, lines ? lines.seen() : rowsIn(join(folder, path)))
}

/** Its bytes are what the manifest names, but both may have been altered. */
const faultOfRows = (path: string, rows: number, found: number | null): Fault | undefined =>
  found === rows ? undefined : spoilt(path, `${rows} rows`, found === null ? 'no Parquet' : `${found} rows`)

/** Counts lines in what goes by. */
function lineCount() {
  let lines = 0
  return {
    seen: () => lines,
    see(piece: Buffer) {
      for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++
    },
  }
}

/** Null where it is no Parquet file. */
function rowsIn(path: string): number | null {
  using bytes = openBytes(path)
  try {
    return Number(footerOf(bytes).num_rows)
  } catch {
    return null
  }
}
