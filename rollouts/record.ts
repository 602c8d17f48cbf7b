import { canonicalJson, hashOf } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { isObject, type Json, type JsonObject } from '../schemas/json.ts'
import type { Trajectory } from '../schemas/trajectory.ts'

/** What the column `record` holds, as JSON: what the other columns do not tell of a trajectory. */
interface Record extends JsonObject {
  version: 1
  /** sha256 over the canonical JSON of the trajectory, so that a row that was changed since is known. */
  sha256: string
  /** What the row's images are beside their bytes, in their order. */
  images: Pick<Image, 'pixels' | 'width' | 'height'>[]
}

/** A picture that the row has, by its place among `images`, from 0. */
interface Shown extends JsonObject {
  picture: number
}

/**
 * A trajectory as it is exported. Of what the wire gave, only kindling's own notes are kept: the rest says once more
 * what was said, and may hold what is not licensed for training.
 */
export function exported(trajectory: Trajectory): Trajectory {
  const turns = trajectory.turns.map(turn => ({
    ...turn,
    reply: { ...turn.reply, raw: notesIn(turn.reply.raw) },
  }))
  return { ...trajectory, turns }
}

/** Who wrote a reply if a program did, and what was said of one that cannot be read or that nobody would give. */
const notes = ['kindling', 'refused', 'broken']

function notesIn(raw: Json): Json {
  if (!isObject(raw)) return null
  const kept = Object.entries(raw).filter(([name]) => notes.includes(name))
  return kept.length > 0 ? Object.fromEntries(kept) : null
}

/**
 * The column `record` of a row, where `read` is what the other columns tell: `rest` has the shape of the trajectory,
 * and of it what differs. Objects are laid over objects, and lists of as many objects item by item. What cannot be said
 * that way is kept whole. No text in it looks like a placeholder, whatever anybody wrote: each `<` is written
 * `\u003c`.
 */
export function recordOf(trajectory: Trajectory, read: JsonObject, images: readonly Image[]): string {
  const whole = exported(trajectory)
  const about = images.map(({ pixels, width, height }) => ({ pixels, width, height }))
  const head: Record = { version: 1, sha256: hashOf(whole), images: about }
  const rest = numbered(differing(read, whole) ?? {}, placesOf(images))
  const isTold = hashOf(laid(read, shown(rest, images))) === head.sha256
  return JSON.stringify({ ...head, ...(isTold ? { rest } : { whole }) }).replaceAll('<', '\\u003c')
}

/**
 * The text of a record without its escapes. V8 (13.6) takes a key that is one escape alone for `\` where another object
 * had that key there before.
 */
export const escapesRead = (record: string): string =>
  record.includes('"\\u003c"')
    ? record.replaceAll(/\\(?:u003c|[\s\S])/g, each => (each === '\\u003c' ? '<' : each))
    : record

/** A trajectory again; undefined where the record is not of the row that `read` tells. */
export function recorded(record: JsonObject, read: JsonObject, images: readonly Image[]): Json | undefined {
  const { rest, whole, sha256 } = record
  const trajectory = rest === undefined ? whole : laid(read, shown(rest, images))
  return hashOf(trajectory ?? null) === sha256 ? trajectory : undefined
}

/** What has to be laid over `base` to have `value`; undefined where nothing has. */
function differing(base: Json, value: Json): Json | undefined {
  if (isObject(base) && isObject(value)) {
    const fields = Object.entries(value).flatMap(([name, each]) => {
      const found = Object.hasOwn(base, name) ? differing(base[name] as Json, each as Json) : (each as Json)
      return found === undefined ? [] : [[name, found] as const]
    })
    return fields.length > 0 ? Object.fromEntries(fields) : undefined
  }
  const items = pairs(base, value)?.map(pair => differing(...pair))
  if (items) return items.some(each => each !== undefined) ? items.map(each => each ?? {}) : undefined
  return canonicalJson(base) === canonicalJson(value) ? undefined : value
}

function laid(base: Json, over: Json): Json {
  if (isObject(base) && isObject(over)) {
    const fields = Object.entries(over).map(([name, each]) => [
      name,
      Object.hasOwn(base, name) ? laid(base[name] as Json, each as Json) : each,
    ])
    return { ...(base as JsonObject), ...Object.fromEntries(fields) }
  }
  return pairs(base, over)?.map(pair => laid(...pair)) ?? over
}

/** Item by item, where both are lists of as many objects. */
function pairs(one: Json, other: Json): [Json, Json][] | undefined {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return undefined
  return [...one, ...other].every(isObject)
    ? one.map((each, index) => [each, other[index] as Json])
    : undefined
}

const placesOf = (images: readonly Image[]) =>
  new Map(images.map((image, place) => [canonicalJson(image), place] as const).toReversed())

/** Pictures that the row has by their places. */
function numbered(value: Json, places: ReadonlyMap<string, number>): Json {
  if (Array.isArray(value)) return value.map(each => numbered(each, places))
  if (!isObject(value)) return value
  const picture = 'pixels' in value ? places.get(canonicalJson(value)) : undefined
  return picture === undefined ? mapped(value as JsonObject, each => numbered(each, places)) : { picture }
}

/** The same backwards. */
function shown(value: Json, images: readonly Image[]): Json {
  if (Array.isArray(value)) return value.map(each => shown(each, images))
  if (!isObject(value)) return value
  return isShown(value)
    ? (images[value.picture] ?? value)
    : mapped(value as JsonObject, each => shown(each, images))
}

const isShown = (value: { [name: string]: unknown }): value is Shown =>
  typeof value.picture === 'number' && Object.keys(value).length === 1

const mapped = (fields: JsonObject, each: (value: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, each(value)]))
