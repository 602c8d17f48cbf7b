import type { Database } from '../store/database.ts'
import { type Word, wordBits, wordsFor } from './patch-words.ts'
import { type Placement, placementOf, placementsAgree } from './placement.ts'
import type { Spot } from './sketch.ts'

/** The spots of pictures on disk, found by their words. */
interface SpotIndex {
  put(picture: number, spots: readonly Spot[]): void
  /** The pictures that are worth a close look, the likeliest first. */
  likeliest(spots: readonly Spot[]): number[]
}

/** That a spot of the picture that is looked for has the word of one in another: how much it says, and what. */
interface Vote {
  spot: number
  weight: number
  placement: Placement
}

/** Words that stand in more pictures say too little, and so do those of more spots. */
const common = { pictures: 64, spots: 256 }
/** Pictures that are worth a close look, and how many spots must agree unless there are hardly any. */
const candidates = 12
const shared = 2
/** Votes, the weightiest, whose placements are tried. */
const tried = 16

/** In the table `<name>_spots` of a database. */
export function spotIndex(table: Database, name: string): SpotIndex {
  table.exec(`
    CREATE TABLE ${name}_spots (
      word INTEGER, picture INTEGER, spot INTEGER, x REAL, y REAL, width REAL, height REAL,
      PRIMARY KEY (word, picture, spot)
    ) WITHOUT ROWID`)
  const withWord = table.prepare(
    `SELECT picture, x, y, width, height FROM ${name}_spots WHERE word = ? LIMIT ${common.spots + 1}`,
  )
  const putSpot = table.prepare(`INSERT INTO ${name}_spots VALUES (?, ?, ?, ?, ?, ?, ?)`)
  let count = 0
  /** A bit for each word that there can be: most are in no picture, and need not be looked for. */
  const used = new Uint8Array(2 ** (wordBits - 3))
  const isUsed = (word: number) => ((used[word >> 3] ?? 0) & (1 << (word & 7))) !== 0

  function* votesOf({ window, seen, mirrored }: Spot, spot: number): Iterable<Vote & { picture: number }> {
    for (const [looked, isMirrored] of [
      [seen, false],
      [mirrored, true],
    ] as const)
      for (const { picture, weight, other } of spotsWith(looked)) {
        const placement = placementOf(window, other, isMirrored)
        if (placement) yield { picture, spot, weight, placement }
      }
  }

  /** Rare words say more: squared, as in ranking by inverse document frequency. */
  function* spotsWith(looked: Word) {
    for (const word of wordsFor(looked).filter(isUsed)) {
      const found = withWord.all(word)
      const pictures = new Set(found.map(({ picture }) => Number(picture))).size
      if (pictures > common.pictures || found.length > common.spots) continue
      const weight = Math.log(1 + count / pictures) ** 2
      for (const { picture, x, y, width, height } of found) {
        const other = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) }
        yield { picture: Number(picture), weight, other }
      }
    }
  }

  return {
    put(picture, spots) {
      for (const [at, { seen, window }] of spots.entries()) {
        putSpot.run(seen.word, picture, at, window.x, window.y, window.width, window.height)
        used[seen.word >> 3] = (used[seen.word >> 3] ?? 0) | (1 << (seen.word & 7))
      }
      count++
    },
    likeliest(spots) {
      const votes = Map.groupBy(
        spots.flatMap((spot, at) => [...votesOf(spot, at)]),
        ({ picture }) => picture,
      )
      return [...votes]
        .map(([picture, those]) => ({ picture, ...most(those) }))
        .filter(({ spots: agreeing }) => agreeing >= Math.min(shared, spots.length / 3))
        .sort((a, b) => b.weight - a.weight || a.picture - b.picture)
        .slice(0, candidates)
        .map(({ picture }) => picture)
    },
  }
}

/** How many spots agree at most about how two pictures lie, and what they weigh. Each spot has one vote. */
function most(votes: readonly Vote[]): { weight: number; spots: number } {
  return votes
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, tried)
    .map(({ placement }) => {
      const weights = new Map<number, number>()
      for (const vote of votes)
        if (placementsAgree(placement, vote.placement))
          weights.set(vote.spot, Math.max(vote.weight, weights.get(vote.spot) ?? 0))
      return { weight: weights.values().reduce((sum, weight) => sum + weight, 0), spots: weights.size }
    })
    .reduce((best, each) => (each.weight > best.weight ? each : best), { weight: 0, spots: 0 })
}
