import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { type CorpusImage, imageCorpus } from '../tools/corpus/image-corpus.ts'

/** Pictures that can be searched: gives the ids of the five that are most like a query. */
export interface Searchable {
  search(bytes: Uint8Array): Promise<string[]>
  close(): Promise<void>
}

export interface Method {
  name: string
  open(pictures: CorpusImage[]): Promise<Searchable>
}

/** One vector for each picture, compared by their dot product. */
const plainly = (name: string, vectorOf: (bytes: Uint8Array) => Promise<number[]>): Method => ({
  name,
  async open(pictures) {
    const index: { id: string; vector: number[] }[] = []
    for (const { id, bytes } of pictures) index.push({ id, vector: unit(await vectorOf(bytes)) })
    return {
      async search(bytes) {
        const query = unit(await vectorOf(bytes))
        const scored = index.map(({ id, vector }) => ({ id, score: dot(query, vector) }))
        return scored
          .sort((a, b) => b.score - a.score)
          .slice(0, 5)
          .map(({ id }) => id)
      },
      close: async () => {},
    }
  },
})

/** The corpus as a run uses it. */
const kindling: Method = {
  name: 'kindling',
  async open(pictures) {
    const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
    const images = { [Symbol.asyncIterator]: () => each(pictures) }
    const corpus = await imageCorpus({
      path: join(folder, 'index.sqlite'),
      name: 'bench',
      licence: 'none',
      images,
    })
    const { signal } = new AbortController()
    return {
      search: async bytes => (await corpus.byImage(bytes, 5, signal)).map(({ id }) => id),
      async close() {
        corpus.close()
        await rm(folder, { recursive: true })
      },
    }
  },
}

async function* each(pictures: CorpusImage[]) {
  yield* pictures
}

const pixels = async (bytes: Uint8Array, width: number, height: number, grey = false) => {
  const image = sharp(bytes).flatten({ background: 'white' }).resize(width, height, { fit: 'fill' })
  return await (grey ? image.greyscale() : image.toColourspace('srgb')).removeAlpha().raw().toBuffer()
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

const unit = (values: number[]) => {
  const norm = Math.hypot(...values) || 1
  return values.map(value => value / norm)
}

/** Bits as ±1, so that the dot product falls with the Hamming distance. */
const dHash = plainly('dHash', async bytes => {
  const grey = await pixels(bytes, 9, 8, true)
  return Array.from({ length: 64 }, (_, bit) => {
    const at = Math.floor(bit / 8) * 9 + (bit % 8)
    return (grey[at] ?? 0) < (grey[at + 1] ?? 0) ? 1 : -1
  })
})

async function histogram(bytes: Uint8Array): Promise<number[]> {
  const data = await pixels(bytes, 64, 64)
  const counts = new Array<number>(64).fill(0)
  for (let at = 0; at < data.length; at += 3) {
    const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3)
    const bin = (r >> 6) * 16 + (g >> 6) * 4 + (b >> 6)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return unit(counts.map(Math.sqrt))
}

const centred = (values: Iterable<number>): number[] => unit([...values].map(value => value - 127.5))

const colourGrid = plainly('RGB histogram + 4×4 grid', async bytes => [
  ...(await histogram(bytes)),
  ...centred(await pixels(bytes, 4, 4)),
])

const thumbnail = plainly('12×8 thumbnail + histogram', async bytes => [
  ...(await histogram(bytes)),
  ...centred(await pixels(bytes, 12, 8)),
])

export const methods: Method[] = [dHash, colourGrid, thumbnail, kindling]
