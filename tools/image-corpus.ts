import type { DatabaseSync } from 'node:sqlite'
import sharp from 'sharp'
import { sha256 } from '../schemas/hash.ts'
import { maxPixels } from '../store/images.ts'
import { InputError } from '../tasks/problem.ts'
import { matchExpression, tokenizer } from './full-text.ts'
import { featureSize, features } from './image-features.ts'
import type { ImageHit, ImageProvider } from './image-search.ts'
import { queryVariants } from './image-variants.ts'
import { openIndex } from './index-file.ts'

/** A picture that can be found, in any format sharp reads (SVG too). `licence` is the corpus's where it has none. */
export interface CorpusImage {
  id: string
  title: string
  bytes: Uint8Array
  licence?: string | undefined
}

/** Pictures on this disk that can be searched by image and by title. */
export interface ImageCorpus extends ImageProvider {
  byText: NonNullable<ImageProvider['byText']>
  /** sha256 of everything in it. */
  fingerprint: string
  close(): void
}

/** Pixels a side. */
const thumbnailSize = 160

/**
 * Pictures with their looks and thumbnails in an SQLite file at `path`. The file is built once and again when the
 * pictures change; they are read once to see that, so the iterable must give them each time. The looks of all are held
 * in memory, 1.7 kB each. Throws InputError for a picture that cannot be decoded and for two with one id.
 */
export async function imageCorpus(options: {
  path: string
  name: string
  licence: string
  images: AsyncIterable<CorpusImage>
}): Promise<ImageCorpus> {
  const { path, name, licence, images } = options
  const { database, fingerprint } = await openIndex({
    path,
    version: 1,
    items: images,
    identity: ({ bytes, ...image }) => [image, sha256(bytes), licence],
    build: (empty, items) => fill(empty, items, licence),
  })
  const looks = loadLooks(database)
  return {
    name,
    fingerprint,
    options: { fingerprint },
    usdPerCall: 0,
    byImage: (bytes, top) => byImage(database, looks, bytes, top),
    byText: async (query, top) => byText(database, query, top),
    close: () => database.close(),
  }
}

const layout = `
  CREATE TABLE images (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, licence TEXT, thumbnail BLOB, looks BLOB
  );
  CREATE VIRTUAL TABLE words USING fts5(
    title, content = 'images', content_rowid = 'number', tokenize = '${tokenizer}'
  );`

async function fill(database: DatabaseSync, images: AsyncIterable<CorpusImage>, licence: string) {
  database.exec(layout)
  const insert = database.prepare(
    'INSERT OR IGNORE INTO images (id, title, licence, thumbnail, looks) VALUES (?, ?, ?, ?, ?)',
  )
  for await (const image of images) {
    const { thumbnail, looks } = await drawn(image)
    const row = [image.id, image.title, image.licence ?? licence, thumbnail, new Uint8Array(looks.buffer)]
    if (insert.run(...row).changes === 0)
      throw new InputError([`two pictures have the id ${image.id}; ids are unique`])
  }
  database.exec("INSERT INTO words (words) VALUES ('rebuild')")
}

async function drawn({ id, bytes }: CorpusImage) {
  try {
    return { thumbnail: await thumbnailOf(bytes), looks: await features(bytes) }
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new InputError([`picture ${id}: it cannot be decoded (${line})`])
  }
}

const thumbnailOf = (bytes: Uint8Array) =>
  sharp(bytes, { limitInputPixels: maxPixels })
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(thumbnailSize, thumbnailSize, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer()

interface Looks {
  numbers: number[]
  ids: string[]
  /** One feature vector after the other. */
  vectors: Float32Array
}

function loadLooks(database: DatabaseSync): Looks {
  const count = Number(database.prepare('SELECT count(*) AS count FROM images').get()?.count)
  const looks: Looks = { numbers: [], ids: [], vectors: new Float32Array(count * featureSize) }
  for (const { number, id, looks: blob } of database
    .prepare('SELECT number, id, looks FROM images')
    .iterate()) {
    const bytes = Uint8Array.from(blob as Uint8Array)
    looks.vectors.set(new Float32Array(bytes.buffer), looks.numbers.length * featureSize)
    looks.numbers.push(Number(number))
    looks.ids.push(String(id))
  }
  return looks
}

async function byImage(
  database: DatabaseSync,
  { numbers, ids, vectors }: Looks,
  bytes: Uint8Array,
  top: number,
): Promise<ImageHit[]> {
  const variants = await queryVariants(bytes)
  const scored = numbers.map((number, index) => ({
    number,
    id: ids[index] ?? '',
    score: rounded(
      Math.max(...variants.map(({ vector, trust }) => trust * similarity(vector, vectors, index))),
    ),
  }))
  scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
  const read = database.prepare('SELECT id, title, licence, thumbnail FROM images WHERE number = ?')
  return scored.slice(0, top).map(({ number, score }) => hitOf(read.get(number) ?? {}, score))
}

function similarity(query: Float32Array, vectors: Float32Array, index: number): number {
  let sum = 0
  for (let at = 0; at < featureSize; at++) sum += (query[at] ?? 0) * (vectors[index * featureSize + at] ?? 0)
  return sum
}

const byText = (database: DatabaseSync, query: string, top: number): ImageHit[] =>
  database
    .prepare(
      `SELECT id, images.title AS title, licence, thumbnail, bm25(words) AS rank
       FROM words JOIN images ON images.number = words.rowid WHERE words MATCH ? ORDER BY rank, id LIMIT ?`,
    )
    .all(matchExpression(query), top)
    .map(row => hitOf(row, rounded(-Number(row.rank))))

const hitOf = (row: Record<string, unknown>, score: number): ImageHit => ({
  id: String(row.id),
  title: String(row.title),
  licence: String(row.licence),
  score,
  thumbnail: row.thumbnail as Uint8Array,
})

/** Digits beyond these differ between processors. */
const rounded = (score: number): number => Number(score.toFixed(6))
