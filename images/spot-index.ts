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

/** That a spot of the picture that is looked for has the word of one in another. */
interface Vote {
  spot: number
  weight: number
  /** Undefined where neither picture could be a part of the other. */
  placement: Placement | undefined
}

/** Spots that say the same, and what they weigh. */
interface Sum {
  weight: number
  spots: number
}

/** Words that stand in more pictures say too little, and so do those of more spots. */
const common = { pictures: 64, spots: 256 }
/** Pictures that are worth a close look, and how many spots must agree unless there are hardly any. */
const candidates = 16
const shared = 2
/**
 * The share of spots that must have words in common if they do not agree about the place: three of 140, which in a
 * thousand pictures of other things happens about once.
 */
const sharedAnywhere = 1 / 48
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
      for (const { picture, weight, other } of spotsWith(looked))
        yield { picture, spot, weight, placement: placementOf(window, other, isMirrored) }
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
      const least = Math.min(shared, spots.length / 3)
      const agreeing = heaviest(votes, most, least)
      const alike = heaviest(votes, together, Math.max(least, spots.length * sharedAnywhere))
      return [...new Set([...agreeing, ...alike])].slice(0, candidates)
    },
  }
}

/** The pictures for which at least so many spots speak, those with the weightiest first. */
function heaviest(
  votes: ReadonlyMap<number, readonly Vote[]>,
  sumOf: (votes: readonly Vote[]) => Sum,
  least: number,
): number[] {
  return [...votes]
    .map(([picture, those]) => ({ picture, ...sumOf(those) }))
    .filter(({ spots }) => spots >= least)
    .sort((a, b) => b.weight - a.weight || a.picture - b.picture)
    .map(({ picture }) => picture)
}

/** How many spots agree at most about how two pictures lie, and what they weigh. */
function most(votes: readonly Vote[]): Sum {
  const placed = votes.filter(isPlaced)
  return placed
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, tried)
    .map(({ placement }) => together(placed.filter(vote => placementsAgree(placement, vote.placement))))
    .reduce((best, each) => (each.weight > best.weight ? each : best), { weight: 0, spots: 0 })
}

const isPlaced = (vote: Vote): vote is Vote & { placement: Placement } => vote.placement !== undefined

/** Each spot has one vote. */
function together(votes: readonly Vote[]): Sum {
  const weights = new Map<number, number>()
  for (const { spot, weight } of votes) weights.set(spot, Math.max(weight, weights.get(spot) ?? 0))
  return { weight: weights.values().reduce((sum, weight) => sum + weight, 0), spots: weights.size }
}
