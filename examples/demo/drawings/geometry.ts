export interface Point {
  x: number
  y: number
}
export type Segment = readonly [Point, Point]

/** The segments of an open polyline. */
export const segments = (points: readonly Point[]): Segment[] =>
  points.slice(1).map((point, index) => [points[index] ?? point, point])

const cross = (a: Point, b: Point) => a.x * b.y - a.y * b.x
const minus = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y })

/** Pixels. */
export const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y)

/** Where two segments cross, or null. */
export function crossing([a, b]: Segment, [c, d]: Segment): Point | null {
  const along = minus(b, a)
  const other = minus(d, c)
  const turn = cross(along, other)
  if (turn === 0) return null
  const t = cross(minus(c, a), other) / turn
  const u = cross(minus(c, a), along) / turn
  if (t < 0 || t > 1 || u < 0 || u > 1) return null
  return { x: a.x + t * along.x, y: a.y + t * along.y }
}

/** The angle between two segments, 0 to 90 degrees. */
export function angle([a, b]: Segment, [c, d]: Segment): number {
  const along = minus(b, a)
  const other = minus(d, c)
  const dot = along.x * other.x + along.y * other.y
  return (Math.atan2(Math.abs(cross(along, other)), Math.abs(dot)) * 180) / Math.PI
}

/** How near two segments that do not cross come to each other. */
export const gap = (one: Segment, two: Segment): number =>
  Math.min(...one.map(point => toSegment(point, two)), ...two.map(point => toSegment(point, one)))

function toSegment(point: Point, [a, b]: Segment): number {
  const along = minus(b, a)
  const reach = minus(point, a)
  const t = (reach.x * along.x + reach.y * along.y) / (along.x ** 2 + along.y ** 2)
  const nearest = Math.min(1, Math.max(0, t))
  return distance(point, { x: a.x + nearest * along.x, y: a.y + nearest * along.y })
}
