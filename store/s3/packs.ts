import { DamagedError } from '../errors.ts'
import { inTwelve } from './in-twelve.ts'
import type { Mirror } from './mirror.ts'
import type { Objects } from './objects.ts'

/** Bytes of segments that are put together however few they are. */
const largeAt = 64 << 20

const folder = 'packs/'
const keyOf = (first: number) => `${folder}${inTwelve(first)}`

/** Each with its length before it, in four bytes. */
const joined = (segments: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(
    segments.flatMap(segment => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(segment.length)
      return [length, segment]
    }),
  )

/** Throws DamagedError, which names where it lies. */
function split(pack: Uint8Array, shown: string): Uint8Array[] {
  const bytes = Buffer.from(pack)
  const segments: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Number.POSITIVE_INFINITY)
    if (end > bytes.length)
      throw new DamagedError(`${shown} is damaged; remove it, since what it holds lies in \`log/\`, too`)
    segments.push(bytes.subarray(at + 4, end))
    at = end
  }
  return segments
}

/** Puts together what there is since the last pack, where that is enough. Another's holds the same. */
export async function pack(objects: Objects, mirror: Mirror, fullAt: number): Promise<void> {
  while (isEnough(mirror.recentSize(), fullAt)) {
    const first = mirror.packedTo()
    const segments = fullPack(mirror, fullAt)
    if (segments.length === 0) return
    if (await objects.putNew(keyOf(first), joined(segments))) mirror.packTo(first + segments.length)
    else for await (const { next } of packsFrom(objects, first)) mirror.packTo(next)
  }
}

const isEnough = ({ count, bytes }: { count: number; bytes: number }, fullAt: number) =>
  count >= fullAt || bytes >= largeAt

function fullPack(mirror: Mirror, fullAt: number): Uint8Array[] {
  const segments: Uint8Array[] = []
  let bytes = 0
  for (const segment of mirror.recent()) {
    segments.push(segment)
    bytes += segment.length
    if (isEnough({ count: segments.length, bytes }, fullAt)) break
  }
  return segments
}

/** The packs from a number on, with the number after each, in order. */
export async function* packsFrom(objects: Objects, first: number) {
  for await (const key of objects.keys(folder, first > 0 ? keyOf(first - 1) : folder)) {
    const number = Number(key.slice(folder.length))
    const found = await objects.read(key)
    if (!found) continue
    const segments = split(found.bytes, objects.show(key))
    yield { first: number, segments, next: number + segments.length }
  }
}
