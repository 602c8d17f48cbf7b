import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Type from 'typebox'
import { sha256 } from '../../schemas/hash.ts'
import { Image } from '../../schemas/image.ts'
import { Json, JsonObject, parseJson } from '../../schemas/json.ts'
import { linesOf } from '../../schemas/lines.ts'
import { lazyValidator } from '../../schemas/validate.ts'
import { makeFolder } from '../../store/folder.ts'
import type { Store } from '../../store/store.ts'
import { type ServiceAnswer, searchKey } from '../ask/service-answers.ts'
import { ConfigError } from '../errors.ts'
import { generationOf } from '../generation.ts'

/** How old the answers of a service are. */
export interface Staleness {
  service: string
  answers: number
  /** ISO 8601. */
  oldest: string
  newest: string
  /** Answers that are older than was asked about. */
  stale: number
}

const days = 24 * 60 * 60 * 1000

/** How old is what each service said; what is older than `older` days at `now` is stale. */
export async function stalenessOf(store: Store, older: number, now = new Date()): Promise<Staleness[]> {
  const limit = new Date(now.getTime() - older * days).toISOString()
  const services = new Map<string, Staleness>()
  for await (const { service, at } of newest(store)) {
    const known = services.get(service) ?? { service, answers: 0, oldest: at, newest: at, stale: 0 }
    services.set(service, known)
    known.answers++
    if (at < known.oldest) known.oldest = at
    if (at > known.newest) known.newest = at
    if (at < limit) known.stale++
  }
  return [...services.values()]
}

const answersFile = (folder: string) => join(folder, 'searches.jsonl')
const imageFile = (folder: string, { sha256, mime }: Image) =>
  join(folder, 'images', `${sha256}.${mime.slice('image/'.length)}`)

/**
 * Write all that services said into a folder: `searches.jsonl` with an answer a line, in key order, and `images/`. If a
 * question was asked anew, its newest answer is written. Gives the number of answers.
 */
export async function exportFrozen(store: Store, folder: string): Promise<number> {
  let count = 0
  makeFolder(join(folder, 'images'))
  async function* lines() {
    for await (const said of newest(store)) {
      for (const image of imagesWithin(said.answer))
        await writeFile(imageFile(folder, image), await store.getBlob(image.sha256))
      count++
      yield `${JSON.stringify(said)}\n`
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(answersFile(folder)))
  return count
}

/** The last that was said to each query. Keys of one query stand together, in the order of their generations. */
async function* newest(store: Store): AsyncGenerator<ServiceAnswer> {
  let last: { query: string; generation: number; said: ServiceAnswer } | undefined
  for await (const { key, value } of store.scan<ServiceAnswer>('searches')) {
    const [query = '', generation = '0'] = key.split(/@(?=\d+$)/)
    const next = { query, generation: Number(generation), said: value }
    if (last && last.query !== query) yield last.said
    if (last?.query !== query || next.generation > last.generation) last = next
  }
  if (last) yield last.said
}

const Line = Type.Object(
  {
    service: Type.String({ minLength: 1 }),
    options: JsonObject,
    query: JsonObject,
    at: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' }),
    answer: Json,
  },
  { additionalProperties: false },
)
const checkLine = lazyValidator(Line)
const checkImage = lazyValidator(Image)

/**
 * Put what another run's services said into a store; the store's own answers stay as they are. Throws ConfigError,
 * naming the line, for a line that is no answer and for an image that is missing or differs.
 */
export async function importFrozen(
  store: Store,
  folder: string,
): Promise<{ imported: number; known: number }> {
  const generation = await generationOf(store)
  const counts = { imported: 0, known: 0 }
  for await (const { said, place } of readLines(answersFile(folder))) {
    for (const image of imagesWithin(said.answer))
      await importImage(store, imageFile(folder, image), image, place)
    const key = searchKey({ name: said.service, options: said.options }, said.query, generation)
    const known = await store.get('searches', key)
    counts[known ? 'known' : 'imported']++
    if (!known) await store.put('searches', key, said)
  }
  return counts
}

async function importImage(store: Store, file: string, image: Image, place: string) {
  const bytes = await readFile(file).catch(error => {
    throw new ConfigError(`${place}: its image ${file} cannot be read (${error.code})`)
  })
  if (sha256(bytes) !== image.sha256) throw new ConfigError(`${place}: ${file} is not the image it names`)
  await store.putBlob(bytes)
}

async function* readLines(file: string): AsyncGenerator<{ said: ServiceAnswer; place: string }> {
  let number = 0
  try {
    for await (const line of linesOf(file)) {
      number++
      if (line.trim() !== '') yield { said: saidIn(line, `${file}:${number}`), place: `${file}:${number}` }
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw new ConfigError(`${file}: cannot be read (${error.message}); give a folder that --export wrote`)
    throw error
  }
}

function saidIn(line: string, place: string): ServiceAnswer {
  const checked = checkLine(parseJson(line))
  if (checked.ok) return checked.value
  throw new ConfigError(`${place}: this is no stored answer: ${checked.field} ${checked.message}`)
}

/** Every reference to an image in plain data. */
function imagesWithin(data: unknown): Image[] {
  const image = checkImage(data)
  if (image.ok) return [image.value]
  return data !== null && typeof data === 'object' ? Object.values(data).flatMap(imagesWithin) : []
}
