import { DamagedError } from '../errors.ts'
import { inTwelve } from './in-twelve.ts'
import type { Mirror } from './mirror.ts'
import type { Objects } from './objects.ts'
import { packsFrom } from './packs.ts'
import { type Segment, unpackSegment } from './segment.ts'

/** Segments that are fetched ahead of the one that is read. */
const ahead = 16

const folder = 'log/'
export const segmentKey = (number: number) => `${folder}${inTwelve(number)}`

/** A segment, and the bytes that it is. */
export type ReadSegment = Segment & { bytes: Uint8Array }

/** Undefined where there is none. */
export async function readSegment(objects: Objects, number: number): Promise<ReadSegment | undefined> {
  const found = await objects.read(segmentKey(number))
  return found && unpacked(found.bytes, objects.show(segmentKey(number)))
}

const unpacked = async (bytes: Uint8Array, shown: string): Promise<ReadSegment> => ({
  ...(await unpackSegment(bytes, shown)),
  bytes,
})

/** Reads all that is there and not read yet. Throws DamagedError where segments are gone. */
export async function catchUp(objects: Objects, mirror: Mirror): Promise<void> {
  for await (const { first, segments, next } of packsFrom(objects, mirror.packedTo())) {
    for (const [index, bytes] of segments.entries()) {
      const number = first + index
      if (number >= mirror.next()) take(number, await unpacked(bytes, objects.show(segmentKey(number))))
    }
    mirror.packTo(next)
  }
  const last = mirror.next() - 1
  const keys = objects.keys(folder, last > 0 ? segmentKey(last - 1) : folder)
  if (last >= 0 && (await keys.next()).value !== segmentKey(last)) throw gone(last)
  for await (const { number, segment } of inOrder(keys, number => readSegment(objects, number)))
    take(number, segment)

  function take(number: number, segment: ReadSegment) {
    if (number > mirror.next()) throw gone(mirror.next())
    mirror.apply(number, segment)
  }

  function gone(number: number) {
    return new DamagedError(
      `${objects.show(segmentKey(number))} is gone; put it back from a copy of the bucket, or give the run another name to begin anew`,
    )
  }
}

/** Fetches several at once and gives them in order. */
async function* inOrder<T>(keys: AsyncIterable<string>, read: (number: number) => Promise<T | undefined>) {
  const fetching: { number: number; segment: Promise<T | undefined> }[] = []
  for await (const key of keys) {
    const number = Number(key.slice(folder.length))
    const segment = read(number)
    // Whoever awaits it hears of it.
    segment.catch(() => {})
    fetching.push({ number, segment })
    if (fetching.length >= ahead) yield* first(fetching)
  }
  while (fetching.length > 0) yield* first(fetching)
}

async function* first<T>(fetching: { number: number; segment: Promise<T | undefined> }[]) {
  const next = fetching.shift()
  const segment = await next?.segment
  if (next && segment) yield { number: next.number, segment }
}
