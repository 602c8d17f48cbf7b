import type { DatabaseSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import sharp from 'sharp'
import type { Static } from 'typebox'
import { featureSize, features } from '../../images/features.ts'
import { hashWords, perceptualHash } from '../../images/perceptual-hash.ts'
import { type Looks, packed, ranked } from '../../images/ranking.ts'
import { redrawn } from '../../images/redrawn.ts'
import { glanceOf, partsOf, type Template } from '../../images/template.ts'
import { sha256 } from '../../schemas/hash.ts'
import { InputError, shortened } from '../../schemas/input-error.ts'
import { closed, filledText, readOptions, stream } from '../../schemas/options.ts'
import type { ImageHit, ImageProvider } from '../image-search.ts'
import { matchExpression, tokenizer } from './full-text.ts'
import { openIndex } from './index-file.ts'

/** A picture that can be found, in any format sharp reads (SVG too). `licence` is the corpus's where it has none. */
export interface CorpusImage {
  id: string
  title: string
  bytes: Uint8Array
  licence?: string | undefined
  /** Where it stands in the web: an http or https address. */
  link?: string | undefined
}

/** Pictures on this disk that can be searched by image and by title. */
export interface ImageCorpus extends ImageProvider {
  byText: NonNullable<ImageProvider['byText']>
  /** sha256 of everything in it. */
  fingerprint: string
  close(): void
}

/** Pixels a side. */
const [workingSize, thumbnailSize] = [320, 160]
/** Pictures whose parts are kept in memory, some 110 kB each. */
const recentParts = 256

export const ImageCorpusOptions = closed({
  /** The file that it is kept in, made where it is not there. */
  path: filledText,
  name: filledText,
  licence: filledText,
  images: stream<CorpusImage>('a stream of pictures, each { id, title, bytes }'),
})
export type ImageCorpusOptions = Static<typeof ImageCorpusOptions>

/**
 * A corpus of pictures that are found by their looks, with thumbnails, in an SQLite file at `path`. The file is built
 * once, and again when the pictures change. They are read once to see that, so the iterable must give them each time.
 * Memory holds the looks of all pictures, about 0.5 kB each, and the parts of a few, 30 MB in all. Throws InputError
 * for a picture that cannot be decoded and for two pictures with one id.
 */
export async function imageCorpus(given: ImageCorpusOptions): Promise<ImageCorpus> {
  const options = readOptions('imageCorpus', ImageCorpusOptions, given)
  const { path, name, licence, images } = options
  const { database, fingerprint } = await openIndex({
    path,
    version: 'pictures 2',
    items: images,
    identity: ({ bytes, ...image }) => [image, sha256(bytes), licence],
    build: (empty, items) => fill(empty, items, licence),
  })
  const held: Held = { database, looks: loadLooks(database), parts: new LRUCache({ max: recentParts }) }
  return {
    name,
    fingerprint,
    options: { fingerprint },
    usdPerCall: 0,
    byImage: (bytes, top) => byImage(held, bytes, top),
    byText: async (query, top) => byText(database, query, top),
    close: () => database.close(),
  }
}

const layout = `
  CREATE TABLE images (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, licence TEXT, link TEXT,
    thumbnail BLOB, looks BLOB, glance BLOB, hash TEXT
  );
  CREATE VIRTUAL TABLE words USING fts5(
    title, content = 'images', content_rowid = 'number', tokenize = '${tokenizer}'
  );`

async function fill(database: DatabaseSync, images: AsyncIterable<CorpusImage>, licence: string) {
  database.exec(layout)
  const insert = database.prepare(
    'INSERT OR IGNORE INTO images (id, title, licence, link, thumbnail, looks, glance, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  for await (const image of images) {
    const about = [image.id, image.title, image.licence ?? licence, image.link ?? null]
    if (insert.run(...about, ...(await drawn(image))).changes === 0)
      throw new InputError([`two pictures have the id ${shortened(image.id)}; ids are unique`])
  }
  database.exec("INSERT INTO words (words) VALUES ('rebuild')")
}

/** Thumbnail, looks, glance and hash of a picture, which is decoded once. */
async function drawn({ id, bytes }: CorpusImage) {
  try {
    const small = await redrawn.smallPng({ anyFormat: true }, bytes, workingSize)
    const looks = packed(await features(small))
    return [await thumbnailOf(small), looks, await glanceOf(small), await perceptualHash(small)]
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new InputError([`picture ${shortened(id)}: it cannot be decoded (${line})`])
  }
}

const thumbnailOf = (small: Uint8Array) =>
  sharp(small)
    .resize(thumbnailSize, thumbnailSize, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer()

function loadLooks(database: DatabaseSync): Looks {
  const count = Number(database.prepare('SELECT count(*) AS count FROM images').get()?.count)
  const looks: Looks = {
    numbers: [],
    vectors: new Uint8Array(count * featureSize),
    hashes: new Uint32Array(count * 4),
  }
  for (const row of database.prepare('SELECT number, looks, hash FROM images').iterate()) {
    looks.vectors.set(row.looks as Uint8Array, looks.numbers.length * featureSize)
    looks.hashes.set(hashWords(String(row.hash)), looks.numbers.length * 4)
    looks.numbers.push(Number(row.number))
  }
  return looks
}

/** An index, and what of it is held in memory. */
interface Held {
  database: DatabaseSync
  looks: Looks
  /** Parts of pictures that were likely lately. */
  parts: LRUCache<number, Template[]>
}

async function byImage(
  { database, looks, parts }: Held,
  bytes: Uint8Array,
  top: number,
): Promise<ImageHit[]> {
  const glance = database.prepare('SELECT glance FROM images WHERE number = ?')
  const found = await ranked(bytes, looks, number => {
    const those = parts.get(number) ?? partsOf(glance.get(number)?.glance as Uint8Array)
    parts.set(number, those)
    return those
  })
  const read = database.prepare('SELECT * FROM images WHERE number = ?')
  return found.slice(0, top).map(({ number, score }) => hitOf(read.get(number) ?? {}, score))
}

const byText = (database: DatabaseSync, query: string, top: number): ImageHit[] =>
  database
    .prepare(
      `SELECT images.*, bm25(words) AS rank
       FROM words JOIN images ON images.number = words.rowid WHERE words MATCH ? ORDER BY rank, id LIMIT ?`,
    )
    .all(matchExpression(query), top)
    .map(row => hitOf(row, rounded(-Number(row.rank))))

const hitOf = (row: Record<string, unknown>, score: number): ImageHit => ({
  id: String(row.id),
  title: String(row.title),
  licence: String(row.licence),
  link: typeof row.link === 'string' ? row.link : null,
  score,
  thumbnail: row.thumbnail as Uint8Array,
})

/** Digits beyond these differ between processors. */
const rounded = (score: number): number => Number(score.toFixed(6))
