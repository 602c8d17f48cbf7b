import { setImmediate as othersTurn } from 'node:timers/promises'
import { hashOf } from '../schemas/hash.ts'
import type { Database } from '../store/database.ts'
import { lookedAt, ofAnyFormat } from './looked-at.ts'
import type { Known } from './picture-thread-work.ts'
import { firstSameInThread, threadCount } from './picture-threads.ts'
import { samePictureMethod } from './same-picture.ts'
import { type Spot, sketchMethod, spotsIn } from './sketch.ts'
import { spotIndex } from './spot-index.ts'

/** A picture by the hash of its bytes. */
export interface Picture {
  sha256: string
  bytes(): Promise<Uint8Array>
}

/** Pictures on disk, found again by what shows the same. */
export interface Pictures {
  /** Begin to look at a picture that is asked for later; resolves when there is room for the next. */
  expect(picture: Picture): Promise<void>
  /** The picture put down before that shows the same, if there is one. */
  find(picture: Picture): Promise<number | undefined>
  /** The same, or else a new number under which this picture is put down. */
  place(picture: Picture): Promise<number>
}

/** Where pictures are put down, what remembers what was made of their bytes, and what ends the work. */
export interface Ground {
  table: Database
  remember(method: string, sha256: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>
  signal: AbortSignal
}

/** The sketch of a picture, which is made once. */
export const sketchOf = (
  { sha256, bytes }: Picture,
  { remember, signal }: Pick<Ground, 'remember' | 'signal'>,
): Promise<Uint8Array> =>
  remember(sketchMethod, sha256, async () => lookedAt.sketch({ ...ofAnyFormat, signal }, await bytes()))

/** Pictures in the tables `<name>_*` of a database. The event loop is left free: processes decode, threads compare. */
export function nearPictures({ table, remember, signal }: Ground, name: string): Pictures {
  table.exec(`CREATE TABLE ${name}_pictures (picture INTEGER PRIMARY KEY, sha256 TEXT)`)
  const sha256Of = table.prepare(`SELECT sha256 FROM ${name}_pictures WHERE picture = ?`)
  const put = table.prepare(`INSERT INTO ${name}_pictures (sha256) VALUES (?)`)
  const index = spotIndex(table, name)
  const beingMade = new Map<string, Promise<Uint8Array>>()

  function sketchBy(picture: Picture): Promise<Uint8Array> {
    const { sha256 } = picture
    const sketch =
      beingMade.get(sha256) ?? sketchOf(picture, { remember, signal }).finally(() => beingMade.delete(sha256))
    beingMade.set(sha256, sketch)
    return sketch
  }

  const known = async (sha256: string): Promise<Known> => ({
    sha256,
    sketch: await sketchBy({ sha256, bytes: () => Promise.reject(new Error(`${sha256}: no sketch`)) }),
  })

  async function search(picture: Picture, spots: readonly Spot[]): Promise<number | undefined> {
    const numbers = index.likeliest(spots)
    const likeliest = numbers.map(number => String(sha256Of.get(number)?.sha256))
    const equal = likeliest.indexOf(picture.sha256)
    return numbers[equal >= 0 ? equal : await firstSame(picture.sha256, likeliest)]
  }

  /** The place of the first that is the same, or -1. A close look costs milliseconds: what came of it is remembered. */
  async function firstSame(picture: string, candidates: readonly string[]): Promise<number> {
    if (candidates.length === 0) return -1
    const [found = 0] = await remember(samePictureMethod, hashOf([picture, candidates]), async () => {
      const others = await Promise.all(candidates.map(known))
      return Uint8Array.of(1 + (await firstSameInThread([await known(picture), others], signal)))
    })
    return found - 1
  }

  async function spotsOf(picture: Picture): Promise<Spot[]> {
    await othersTurn()
    signal.throwIfAborted()
    return spotsIn(await sketchBy(picture))
  }

  return {
    async expect(picture) {
      // Whoever asks for the picture is told what is wrong with it.
      sketchBy(picture).catch(() => {})
      if (beingMade.size > threadCount) await Promise.race(beingMade.values()).catch(() => {})
    },
    find: async picture => search(picture, await spotsOf(picture)),
    async place(picture) {
      const spots = await spotsOf(picture)
      const found = await search(picture, spots)
      if (found !== undefined) return found
      const number = Number(put.run(picture.sha256).lastInsertRowid)
      index.put(number, spots)
      return number
    },
  }
}
