import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../../schemas/hash.ts'
import { random } from './random.ts'

/** Bytes of a folder, and how many of them a store had not seen. */
interface Kept {
  bytes: number
  fresh: number
}

const [least, most] = [8 * 1024, 128 * 1024]

/** One chunk in so many ends at any byte: the mean is 64 KiB, what is cut at `least` and `most` included. */
const gear = Uint32Array.from({ length: 256 }, random('gear').whole)

/**
 * A content-addressed store as data hubs have one: a file is cut where the hash of its last 32 bytes says so, whatever
 * lies before, and each chunk is kept once.
 */
export function chunkStore(of: ReadonlySet<string> = new Set()) {
  const known = new Set(of)
  return {
    known,
    async keep(folder: string): Promise<Kept> {
      const kept = { bytes: 0, fresh: 0 }
      for await (const chunk of chunksIn(folder)) {
        kept.bytes += chunk.length
        const hash = sha256(chunk)
        if (!known.has(hash)) kept.fresh += chunk.length
        known.add(hash)
      }
      return kept
    },
  }
}

async function* chunksIn(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter(entry => entry.isFile()))
    yield* chunksOf(join(entry.parentPath, entry.name))
}

async function* chunksOf(file: string): AsyncIterable<Uint8Array> {
  let rest = new Uint8Array()
  for await (const piece of createReadStream(file, { highWaterMark: 4 * most })) {
    rest = Buffer.concat([rest, piece])
    for (let end = endOf(rest); end > 0; end = endOf(rest)) {
      yield rest.subarray(0, end)
      rest = rest.subarray(end)
    }
  }
  if (rest.length > 0) yield rest
}

/** Where the first chunk ends; 0 where that is not to be seen yet. */
function endOf(bytes: Uint8Array): number {
  let hash = 0
  for (let at = least - 32; at < Math.min(bytes.length, most); at++) {
    hash = ((hash << 1) + (gear[bytes[at] ?? 0] ?? 0)) >>> 0
    if (at >= least && hash >>> 16 === 0) return at + 1
  }
  return bytes.length >= most ? most : 0
}
