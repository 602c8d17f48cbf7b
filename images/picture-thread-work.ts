import { LRUCache } from 'lru-cache'
import { type Comparable, comparable } from './alignment.ts'
import { isSamePicture } from './same-picture.ts'
import { planesIn, sketchBytes } from './sketch.ts'

/** What the threads of `picture-threads.ts` do. */
export const sketch = (bytes: Uint8Array): Promise<Uint8Array> => sketchBytes(bytes)

/** The sketch of a picture, and what it is known by. */
export interface Known {
  sha256: string
  sketch: Uint8Array
}

/** The first that is the same picture: its place among the candidates, or -1. */
export const firstSame = ([one, candidates]: [Known, Known[]]): number => {
  const looked = comparableOf(one)
  return candidates.findIndex(other => isSamePicture(looked, comparableOf(other)))
}

/** Some 350 kB each. */
const recent = new LRUCache<string, Comparable>({ max: 128 })

function comparableOf({ sha256, sketch }: Known): Comparable {
  const found = recent.get(sha256) ?? comparable(planesIn(sketch))
  recent.set(sha256, found)
  return found
}
