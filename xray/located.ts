import type { MeantPiece } from './piece.ts'
import { pictureMark, type SqueezedText, squeezed } from './squeezed.ts'

/** Where a piece stands in a field, or that it is elsewhere than it should be, or nowhere. */
export type Located = { piece: MeantPiece } & (
  | { found: 'in_place' | 'elsewhere'; start: number; end: number }
  | { found: 'nowhere' }
)

interface Hit {
  index: number
  start: number
  end: number
}

/** Shorter texts stand somewhere by chance, so they are looked for only between their neighbours. */
const telling = 12
/** Of a text that stands in many places, so many are looked at. */
const mostHits = 40

/**
 * Find each piece in a field. The longest order that most of them keep is the right one: pieces that stand outside of
 * it are elsewhere. A text outweighs all pictures together, so that it is the pictures that were moved.
 */
export function locate(pieces: readonly MeantPiece[], field: SqueezedText): Located[] {
  const needles = pieces.map(needlesOf)
  const hits = needles.flatMap((each, index) => (isTelling(each) ? hitsOf(each, index, field.text) : []))
  const chain = new Map(heaviestChain(hits, pieces).map(hit => [hit.index, hit]))
  for (const index of pieces.keys()) fill(index, needles[index] ?? [], chain, field.text)
  return pieces.map((piece, index) => {
    const hit = chain.get(index)
    if (hit) return { piece, found: 'in_place', start: hit.start, end: hit.end }
    const other = hits.find(hit => hit.index === index && !isTaken(hit, chain))
    return other
      ? { piece, found: 'elsewhere', start: other.start, end: other.end }
      : { piece, found: 'nowhere' }
  })
}

const needlesOf = ({ texts, picture }: MeantPiece): string[] =>
  picture === undefined ? texts.map(squeezed).filter(text => text !== '') : [pictureMark(picture)]

const isMark = (text: string) => /^[\ue000-\uf8ff]$/.test(text)
const isTelling = (needles: readonly string[]) => needles.some(text => isMark(text) || text.length >= telling)

function hitsOf(needles: readonly string[], index: number, text: string): Hit[] {
  const hits: Hit[] = []
  for (const needle of needles)
    for (let at = text.indexOf(needle); at >= 0 && hits.length < mostHits; at = text.indexOf(needle, at + 1))
      hits.push({ index, start: at, end: at + needle.length })
  return hits
}

/** The heaviest list of hits of which each piece comes after the one before, and begins where that one ended. */
function heaviestChain(hits: readonly Hit[], pieces: readonly MeantPiece[]): Hit[] {
  const best: { weight: number; before: number }[] = []
  for (const [at, hit] of hits.entries()) {
    let before = -1
    for (let other = 0; other < at; other++)
      if (mayPrecede(hits[other], hit) && weightAt(best, other) > weightAt(best, before)) before = other
    const own = pieces[hit.index]?.picture === undefined ? pieces.length : 1
    best.push({ weight: weightAt(best, before) + own, before })
  }
  const chain: Hit[] = []
  let at = best.reduce((top, _, index) => (weightAt(best, index) > weightAt(best, top) ? index : top), -1)
  for (; at >= 0; at = best[at]?.before ?? -1) chain.push(...hits.slice(at, at + 1))
  return chain.reverse()
}

const weightAt = (best: readonly { weight: number }[], at: number) => best[at]?.weight ?? 0

const mayPrecede = (one: Hit | undefined, other: Hit) =>
  one !== undefined && one.index < other.index && one.end <= other.start

/** A short text between what stands before and behind it. */
function fill(index: number, needles: readonly string[], chain: Map<number, Hit>, text: string): void {
  if (chain.has(index) || isTelling(needles)) return
  const { from, to } = gap(index, chain, text.length)
  const within = text.slice(from, to)
  for (const needle of needles) {
    const at = within.indexOf(needle)
    if (at < 0) continue
    chain.set(index, { index, start: from + at, end: from + at + needle.length })
    return
  }
}

function gap(index: number, chain: ReadonlyMap<number, Hit>, length: number) {
  let from = 0
  let to = length
  for (const hit of chain.values()) {
    if (hit.index < index) from = Math.max(from, hit.end)
    if (hit.index > index) to = Math.min(to, hit.start)
  }
  return { from, to }
}

const isTaken = ({ start, end }: Hit, chain: ReadonlyMap<number, Hit>) =>
  [...chain.values()].some(hit => hit.start < end && start < hit.end)
