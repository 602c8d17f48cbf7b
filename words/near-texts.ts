import type { Database } from '../store/database.ts'
import { bandKeys, signature } from './minhash.ts'
import { jaccard, shingles } from './shingles.ts'

interface NearTextOptions {
  /** Words that are compared at once. */
  shingle: number
  /** Share of those runs of words that two texts have in common, 0 to 1, from which on they are nearly the same. */
  threshold: number
}

/** Texts on disk, found again by what is nearly the same. */
interface NearTexts {
  /** The text put down before that is nearly the same, if there is one. */
  find(words: readonly string[], kind?: number): number | undefined
  /** The same, or else a new number under which this text is put down. */
  place(words: readonly string[], kind?: number): number
}

/** Texts in the tables `<name>_*` of a database. Only texts of one `kind`, any whole number, are compared. */
export function nearTexts(table: Database, name: string, { shingle, threshold }: NearTextOptions): NearTexts {
  table.exec(`
    CREATE TABLE ${name}_bands (band INTEGER, text INTEGER, PRIMARY KEY (band, text)) WITHOUT ROWID;
    CREATE TABLE ${name}_texts (text INTEGER PRIMARY KEY, kind INTEGER, shingles BLOB)`)
  const inBand = table.prepare(`SELECT text FROM ${name}_bands WHERE band = ?`)
  const read = table.prepare(`SELECT kind, shingles FROM ${name}_texts WHERE text = ?`)
  const putText = table.prepare(`INSERT INTO ${name}_texts (kind, shingles) VALUES (?, ?)`)
  const putBand = table.prepare(`INSERT OR IGNORE INTO ${name}_bands VALUES (?, ?)`)

  /** Bands only propose; the shingles decide. */
  function nearest(runs: Uint32Array, keys: readonly number[], kind: number): number | undefined {
    const proposed = new Set(keys.flatMap(key => inBand.all(key).map(({ text }) => Number(text))))
    let best: { text: number; share: number } | undefined
    for (const text of [...proposed].sort((a, b) => a - b)) {
      const found = read.get(text)
      if (found?.kind !== kind) continue
      const share = jaccard(runs, numbersOf(found.shingles as Uint8Array))
      if (share >= threshold && share > (best?.share ?? 0)) best = { text, share }
    }
    return best?.text
  }

  function look(words: readonly string[], kind: number) {
    const runs = shingles(words, shingle)
    const keys = bandKeys(signature(runs), kind)
    return { runs, keys, found: nearest(runs, keys, kind) }
  }

  return {
    find: (words, kind = 0) => look(words, kind).found,
    place(words, kind = 0) {
      const { runs, keys, found } = look(words, kind)
      if (found !== undefined) return found
      const text = Number(putText.run(kind, new Uint8Array(runs.buffer)).lastInsertRowid)
      for (const key of keys) putBand.run(key, text)
      return text
    },
  }
}

const numbersOf = (bytes: Uint8Array) => new Uint32Array(Uint8Array.from(bytes).buffer)
