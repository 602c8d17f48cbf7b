import type { Expression } from '../reading/expression.ts'
import type { Mathematics, Sign } from '../reading/mathematics.ts'
import { Decimal, isReal, isZero, minus, real } from './complex.ts'
import { unknowns } from './evaluate.ts'
import { constant } from './sampled.ts'

/** Real numbers from one end to the other; a point has twice the same end, closed. */
interface Piece {
  low: Decimal
  high: Decimal
  closedLow: boolean
  closedHigh: boolean
}

/** A set of real numbers as its pieces, and the name that is said to be in it, if any. */
interface Region {
  label: string | null
  pieces: Piece[]
}

const infinity = new Decimal(Number.POSITIVE_INFINITY)
const line: Piece = { low: infinity.neg(), high: infinity, closedLow: false, closedHigh: false }

/** Intervals, their unions, what is left of them, and solved inequalities; null for anything else. */
export function asRegion(of: Mathematics): Region | null {
  if (of.kind === 'labelled') return relabelled(of.label, asRegion(of.body))
  if (of.kind === 'relation') return inequality(of.signs, of.sides)
  if (of.kind === 'joined') return conjoined(of.by, of.parts)
  const pieces = piecesOf(of)
  return pieces && { label: null, pieces: merged(pieces) }
}

/** Statements about one name: what all of them leave, or what any does. */
function conjoined(by: 'and' | 'or', parts: Mathematics[]): Region | null {
  const regions = parts.map(asRegion).filter(region => region !== null)
  const [first, ...rest] = regions
  if (!first || regions.length < parts.length || rest.some(({ label }) => label !== first.label)) return null
  const pieces =
    by === 'or'
      ? regions.flatMap(region => region.pieces)
      : rest.reduce((all, each) => common(all, each.pieces), first.pieces)
  return { label: first.label, pieces: merged(pieces) }
}

const common = (a: Piece[], b: Piece[]): Piece[] =>
  a.flatMap(one => b.flatMap(other => overlap([one, other])))

const relabelled = (label: string, region: Region | null): Region | null => region && { ...region, label }

/** Two sets of real numbers. A name in one must not be another in the other. */
export function sameRegion(a: Region | null, b: Region | null): boolean {
  if (!a || !b || (a.label !== null && b.label !== null && a.label !== b.label)) return false
  return (
    a.pieces.length === b.pieces.length && a.pieces.every((piece, index) => samePiece(piece, b.pieces[index]))
  )
}

const samePiece = (a: Piece, b: Piece | undefined): boolean =>
  b !== undefined &&
  a.closedLow === b.closedLow &&
  a.closedHigh === b.closedHigh &&
  order(a.low, b.low) === 0 &&
  order(a.high, b.high) === 0

function piecesOf(of: Mathematics): Piece[] | null {
  if (of.kind === 'union') {
    const pieces = all(of.parts.map(part => (part.kind === 'relation' ? null : piecesOf(part))))
    return of.apart && pieces && merged(pieces).length < pieces.length ? null : pieces
  }
  if (of.kind === 'set') return all(of.items.map(pointsOf))
  if (of.kind === 'list') return interval(of)
  if (of.kind !== 'without') return null
  const [from, what] = [piecesOf(of.from), of.what.kind === 'set' ? piecesOf(of.what) : null]
  return from && (what?.reduce((left, { low }) => left.flatMap(piece => split(piece, low)), from) ?? null)
}

const all = (pieces: (Piece[] | null)[]): Piece[] | null =>
  pieces.every(piece => piece !== null) ? pieces.flat() : null

function pointsOf(of: Mathematics): Piece[] | null {
  const at = of.kind === 'value' ? endOf(of.value) : null
  return at?.isFinite() ? [{ low: at, high: at, closedLow: true, closedHigh: true }] : null
}

function interval({ open, close, items }: Extract<Mathematics, { kind: 'list' }>): Piece[] | null {
  const [from, to] = items
  if (open === '' || items.length !== 2 || from?.kind !== 'value' || to?.kind !== 'value') return null
  const [low, high] = [endOf(from.value), endOf(to.value)]
  return low && high && order(low, high) < 0
    ? [{ low, high, closedLow: open === '[' && low.isFinite(), closedHigh: close === ']' && high.isFinite() }]
    : null
}

/** A real constant or an infinity. */
function endOf(of: Expression): Decimal | null {
  if (of.kind === 'name' && of.name === '∞') return infinity
  const negative = of.kind === 'apply' && of.operator === 'neg' ? of.to[0] : undefined
  if (negative?.kind === 'name' && negative.name === '∞') return infinity.neg()
  if (unknowns(of).length > 0) return null
  const value = constant(of)
  return isReal(value) ? value.re : null
}

/** Ends that differ by no more than rounding are the same. */
function order(a: Decimal, b: Decimal): number {
  if (!a.isFinite() || !b.isFinite()) return a.comparedTo(b)
  const off = minus(real(a), real(b))
  return isZero(off) ? 0 : off.re.isNegative() ? -1 : 1
}

function split(piece: Piece, at: Decimal): Piece[] {
  if (order(at, piece.low) < 0 || order(at, piece.high) > 0) return [piece]
  const [below, above] = [order(piece.low, at), order(at, piece.high)]
  return [
    ...(below < 0 ? [{ ...piece, high: at, closedHigh: false }] : []),
    ...(above < 0 ? [{ ...piece, low: at, closedLow: false }] : []),
  ]
}

/** In order, with those that touch or overlap as one. */
function merged(pieces: Piece[]): Piece[] {
  const sorted = pieces.toSorted((a, b) => order(a.low, b.low) || Number(b.closedLow) - Number(a.closedLow))
  const done: Piece[] = []
  for (const piece of sorted) {
    const last = done.at(-1)
    if (last && touches(last, piece)) done.splice(-1, 1, extended(last, piece))
    else done.push(piece)
  }
  return done
}

function touches(left: Piece, right: Piece): boolean {
  const gap = order(left.high, right.low)
  return gap > 0 || (gap === 0 && (left.closedHigh || right.closedLow))
}

function extended(left: Piece, right: Piece): Piece {
  const ends = order(left.high, right.high)
  if (ends > 0) return left
  return { ...left, high: right.high, closedHigh: right.closedHigh || (ends === 0 && left.closedHigh) }
}

/** `x > 3`, `0 <= x < 5`, `x != 2`: one name, alone on its side, between constants. */
function inequality(signs: Sign[], sides: Expression[]): Region | null {
  const place = sides.findIndex(
    side => side.kind === 'name' && side.name !== '∞' && unknowns(side).length > 0,
  )
  const middle = sides[place]
  if (middle?.kind !== 'name' || signs.includes('=')) return null
  const others = sides.map((side, index) => (index === place ? null : endOf(side)))
  if (others.filter(side => side === null).length > 1) return null
  const limits = signs.map((sign, index) =>
    half(sign, index < place, others[index < place ? index : index + 1] ?? infinity),
  )
  const chained = signs.length === 1 || (signs.length === 2 && place === 1 && sameWay(signs))
  if (!chained) return null
  const pieces = limits.length === 2 ? overlap(limits.flat()) : limits.flat()
  return { label: middle.name, pieces }
}

const sameWay = (signs: Sign[]): boolean =>
  signs.every(sign => sign.startsWith('<')) || signs.every(sign => sign.startsWith('>'))

/** The numbers that a sign leaves, where the limit stands before the name or after it. */
function half(sign: Sign, before: boolean, limit: Decimal): Piece[] {
  if (sign === '!=') return split(line, limit)
  const upward = sign.startsWith('>') !== before
  const closed = sign.endsWith('=') && limit.isFinite()
  return [upward ? { ...line, low: limit, closedLow: closed } : { ...line, high: limit, closedHigh: closed }]
}

function overlap([a, b]: Piece[]): Piece[] {
  if (!a || !b) return []
  const [low, high] = [order(a.low, b.low), order(a.high, b.high)]
  const piece = {
    low: low < 0 ? b.low : a.low,
    closedLow: low === 0 ? a.closedLow && b.closedLow : low < 0 ? b.closedLow : a.closedLow,
    high: high > 0 ? b.high : a.high,
    closedHigh: high === 0 ? a.closedHigh && b.closedHigh : high > 0 ? b.closedHigh : a.closedHigh,
  }
  const size = order(piece.low, piece.high)
  return size < 0 || (size === 0 && piece.closedLow && piece.closedHigh) ? [piece] : []
}
