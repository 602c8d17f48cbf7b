/**
 * An MPO, as phones and stereo cameras write it, is a JPEG with other pictures behind it: a preview, a map of depth.
 * Gives the first as a plain JPEG, without decoding it; null for what is one already.
 */
export function firstJpeg(bytes: Uint8Array): Uint8Array | null {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!given.includes(mark)) return null
  const all = Array.from(segments(given))
  const index = all.find(({ at, marker }) => marker === app2 && given.indexOf(mark, at) === at + 4)
  const end = all.find(({ marker }) => marker === endOfImage)?.end
  return index ? Buffer.concat([given.subarray(0, index.at), given.subarray(index.end, end)]) : null
}

/** How the list of an MPO's pictures begins, in a segment of its own. */
const mark = 'MPF\0'
const [app2, endOfImage] = [0xe2, 0xd9]

interface Segment {
  marker: number
  at: number
  end: number
}

/** The segments of the first picture, up to its end. What is packed has no markers in it but those for restarts. */
function* segments(given: Buffer): Generator<Segment> {
  for (let at = 2; at >= 0 && at + 2 <= given.length; ) {
    const marker = given[at + 1] ?? 0
    if (given[at] !== 0xff || isPacked(marker)) {
      at = given.indexOf(0xff, at + 1)
      continue
    }
    const end = at + 2 + (marker === endOfImage || at + 4 > given.length ? 0 : given.readUInt16BE(at + 2))
    yield { marker, at, end }
    if (marker === endOfImage) return
    at = end
  }
}

const isPacked = (marker: number) => marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)
