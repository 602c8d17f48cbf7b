import type { DatabaseSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import { sha256 } from '../schemas/hash.ts'
import { type Comparable, comparable } from './alignment.ts'
import { type PatchWord, wordsFor } from './patch-words.ts'
import { isSamePicture, samePictureMethod } from './same-picture.ts'
import { sketchBytes, sketchMethod, sketchOf } from './sketch.ts'

/** A picture by the hash of its bytes. */
export interface Picture {
  sha256: string
  bytes(): Promise<Uint8Array>
}

/** Pictures on disk, found again by what shows the same. */
export interface Pictures {
  /** The picture put down before that shows the same, if there is one. */
  find(picture: Picture): Promise<number | undefined>
  /** The same, or else a new number under which this picture is put down. */
  place(picture: Picture): Promise<number>
}

type Remember = (method: string, sha256: string, make: () => Promise<Uint8Array>) => Promise<Uint8Array>

/** Words that stand in more pictures say too little. */
const common = 64
/** Pictures that are compared closely, the likeliest first, and the words they must share unless there are hardly any. */
const candidates = 20
const shared = 2
/** Comparable pictures that are kept in memory, some 350 kB each. */
const kept = 128

/** Pictures in the tables `<name>_*` of a database; their sketches are remembered elsewhere. */
export function nearPictures(table: DatabaseSync, name: string, remember: Remember): Pictures {
  table.exec(`
    CREATE TABLE ${name}_words (word INTEGER, picture INTEGER, PRIMARY KEY (word, picture)) WITHOUT ROWID;
    CREATE TABLE ${name}_pictures (picture INTEGER PRIMARY KEY, sha256 TEXT)`)
  const withWord = table.prepare(`SELECT picture FROM ${name}_words WHERE word = ? LIMIT ${common + 1}`)
  const hashOf = table.prepare(`SELECT sha256 FROM ${name}_pictures WHERE picture = ?`)
  const putPicture = table.prepare(`INSERT INTO ${name}_pictures (sha256) VALUES (?)`)
  const putWord = table.prepare(`INSERT OR IGNORE INTO ${name}_words VALUES (?, ?)`)
  const recent = new LRUCache<string, Comparable>({ max: kept })
  let count = 0

  /** Rare words say more: squared, as in ranking by inverse document frequency. */
  function votesOf(patch: PatchWord): Map<number, number> {
    const votes = new Map<number, number>()
    for (const word of wordsFor(patch)) {
      const found = withWord.all(word)
      if (found.length > common) continue
      const weight = Math.log(1 + count / found.length) ** 2
      for (const { picture } of found)
        votes.set(Number(picture), Math.max(weight, votes.get(Number(picture)) ?? 0))
    }
    return votes
  }

  function likeliest(words: readonly PatchWord[]): number[] {
    const sums = new Map<number, { weight: number; words: number }>()
    for (const word of words)
      for (const [picture, weight] of votesOf(word)) {
        const sum = sums.get(picture) ?? { weight: 0, words: 0 }
        sums.set(picture, { weight: sum.weight + weight, words: sum.words + 1 })
      }
    return [...sums]
      .filter(([, sum]) => sum.words >= Math.min(shared, words.length / 3))
      .sort(([a, x], [b, y]) => y.weight - x.weight || a - b)
      .slice(0, candidates)
      .map(([picture]) => picture)
  }

  async function comparableOf(sha256: string): Promise<Comparable> {
    const found = recent.get(sha256)
    if (found) return found
    const bytes = await remember(sketchMethod, sha256, () =>
      Promise.reject(new Error(`${sha256}: no sketch`)),
    )
    const again = comparable(sketchOf(bytes).planes)
    recent.set(sha256, again)
    return again
  }

  /** A close look costs milliseconds, so what came of it is remembered too. */
  async function areSame(...pair: [string, string]): Promise<boolean> {
    const [one, other] = pair.sort()
    const [same] = await remember(samePictureMethod, sha256(pair.join(' ')), async () =>
      Uint8Array.of(isSamePicture(await comparableOf(one), await comparableOf(other)) ? 1 : 0),
    )
    return same === 1
  }

  async function search(picture: Picture, words: readonly PatchWord[]): Promise<number | undefined> {
    for (const number of likeliest(words)) {
      const other = String(hashOf.get(number)?.sha256)
      if (other === picture.sha256 || (await areSame(picture.sha256, other))) return number
    }
    return undefined
  }

  const sketch = async ({ sha256, bytes }: Picture) =>
    sketchOf(await remember(sketchMethod, sha256, async () => sketchBytes(await bytes())))

  return {
    find: async picture => search(picture, (await sketch(picture)).words),
    async place(picture) {
      const { words } = await sketch(picture)
      const found = await search(picture, words)
      if (found !== undefined) return found
      const number = Number(putPicture.run(picture.sha256).lastInsertRowid)
      for (const { seen } of words) putWord.run(seen.word, number)
      count++
      return number
    },
  }
}
