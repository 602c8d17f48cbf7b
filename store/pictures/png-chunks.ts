import { crc32, inflateSync } from 'node:zlib'
import { isExif } from './orientation.ts'

/** What a PNG holds beside its picture. */
interface PngExtras {
  /** Pictures of it, those of an animation (APNG) too. */
  pictures: number
  /** Whether readers that are stricter than libpng, such as Pillow, refuse it for that. */
  isOdd: boolean
}

/** Pillow refuses what unpacks to more. */
const mostText = 1 << 20
const sizes: Readonly<Record<string, number>> = { gAMA: 4, cHRM: 32, sRGB: 1, pHYs: 9, tIME: 7 }
const animation = ['acTL', 'fcTL', 'fdAT']

interface Chunk {
  type: string
  data: Buffer
  isSound: boolean
}

/** Looks at the chunks of a PNG that libpng takes (https://www.w3.org/TR/png-3/#11Chunks). */
export function pngExtras(bytes: Uint8Array): PngExtras {
  const chunks = [...chunksOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))]
  const text = chunks.reduce((sum, chunk) => sum + textIn(chunk), 0)
  const isOdd =
    text > mostText ||
    !isTransparencySound(chunks) ||
    chunks.some(
      ({ type, data, isSound }) =>
        !isSound ||
        animation.includes(type) ||
        data.length !== (sizes[type] ?? data.length) ||
        (type === 'eXIf' && !isExif(data)),
    )
  return { pictures: picturesOf(chunks), isOdd }
}

function* chunksOf(bytes: Buffer): Generator<Chunk> {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at)
    if (end + 4 > bytes.length) return
    const type = bytes.toString('latin1', at + 4, at + 8)
    const isSound = crc32(bytes.subarray(at + 4, end)) === bytes.readUInt32BE(end)
    yield { type, data: bytes.subarray(at + 8, end), isSound }
    at = end + 4
  }
}

/** A picture that stands before its animation is none of its frames. */
function picturesOf(chunks: readonly Chunk[]): number {
  const kinds = chunks.map(({ type }) => type)
  const frames = kinds.filter(type => type === 'fcTL').length
  return frames > 0 && kinds.indexOf('IDAT') < kinds.indexOf('fcTL') ? frames + 1 : Math.max(1, frames)
}

/** Bytes of text, or of a colour profile, unpacked; endless where it is packed in another way. */
function textIn({ type, data }: Chunk): number {
  if (type === 'tEXt') return data.length
  const name = data.indexOf(0) + 1
  if (type === 'zTXt' || type === 'iCCP') return unpacked(data.subarray(name + 1), data[name] ?? 0)
  if (type !== 'iTXt') return 0
  const text = data.indexOf(0, data.indexOf(0, name + 2) + 1) + 1
  return data[name] === 0 ? data.length : unpacked(data.subarray(text), data[name + 1] ?? 0)
}

function unpacked(data: Uint8Array, method: number): number {
  try {
    return method === 0 ? inflateSync(data, { maxOutputLength: mostText }).length : Infinity
  } catch {
    return Infinity
  }
}

function isTransparencySound(chunks: readonly Chunk[]): boolean {
  const [header, palette, given] = ['IHDR', 'PLTE', 'tRNS'].map(
    type => chunks.find(chunk => chunk.type === type)?.data,
  )
  if (!given) return true
  const most = { 0: 2, 2: 6, 3: (palette?.length ?? 0) / 3 }[header?.[9] ?? 0] ?? 0
  return header?.[9] === 3 ? given.length <= most : given.length === most
}
