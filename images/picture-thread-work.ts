import { LRUCache } from 'lru-cache'
import { type Comparable, comparable } from './alignment.ts'
import { isSamePicture } from './same-picture.ts'
import { planesIn } from './sketch.ts'

/** The sketch of a picture, and what it is known by. */
export interface Known {
  sha256: string
  sketch: Uint8Array
}

/** What threads do: say which of the candidates is the first that is the same picture, by its place, or -1. */
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
