import type { Drawing } from '../drawings.ts'
import type { Random } from '../random.ts'
import { angle, crossing, distance, gap, type Point, type Segment, segments } from './geometry.ts'

const colours: Record<string, string[]> = {
  red: ['#ff0000', '#d62728', '#c4161c'],
  blue: ['#0000ff', '#1f5fd6', '#1f3fb4'],
  green: ['#00a000', '#2ca02c', '#117733'],
  orange: ['#ff7f0e', '#f58518', '#ee8800'],
  purple: ['#800080', '#7b2fbf', '#9333cc'],
  black: ['#000000', '#222222'],
}

const wordings = [
  (a: string, b: string) => `How many times do the ${a} and ${b} lines touch each other?`,
  (a: string, b: string) => `How many times do the ${a} line and the ${b} line cross each other?`,
  (a: string, b: string) => `Count the intersection points where the ${a} and ${b} lines meet.`,
  (a: string, b: string) => `In how many points do the ${a} and ${b} lines intersect?`,
]

/** Two polylines that cross 0 to 3 times; each crossing, and each miss, is plain to see. */
export function drawLines(chance: Random): Drawing {
  const size = chance.pick([320, 384, 448, 512, 600, 700])
  const width = chance.integer(2, size > 400 ? 6 : 4)
  const answer = chance.integer(0, 3)
  const [first = 'red', second = 'blue'] = chance.sample(Object.keys(colours), 2)
  const lines = crossingLines(chance, { size, width, answer })
  const paths = [first, second].map((name, index) =>
    path(lines[index] ?? [], chance.pick(colours[name] ?? ['black']), width),
  )
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${paths.join('')}</svg>`,
    question: chance.pick(wordings)(first, second),
    answer: String(answer),
    answerType: 'number',
    kind: 'lines',
  }
}

const path = (points: Point[], colour: string, width: number) =>
  `<polyline points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`

function crossingLines(
  chance: Random,
  wanted: { size: number; width: number; answer: number },
): [Point[], Point[]] {
  for (;;) {
    const pair: [Point[], Point[]] = [polyline(chance, wanted.size), polyline(chance, wanted.size)]
    if (clearCrossings(pair, wanted.width) === wanted.answer) return pair
  }
}

function polyline(chance: Random, size: number): Point[] {
  const margin = chance.integer(0, Math.round(size / 12))
  const bends = chance.integer(1, 3)
  const step = (size - 2 * margin) / (bends + 1)
  return Array.from({ length: bends + 2 }, (_, index) => ({
    x: Math.round(margin + index * step),
    y: chance.integer(margin, size - margin),
  }))
}

/** How often two polylines cross, or null where the picture would leave room for doubt. */
function clearCrossings([one, two]: [Point[], Point[]], width: number): number | null {
  const pairs = segments(one).flatMap(a => segments(two).map((b): [Segment, Segment] => [a, b]))
  const met = pairs.map(([a, b]) => crossing(a, b))
  const points = met.filter(point => point !== null)
  const blurred = pairs.some(([a, b], index) => (met[index] ? angle(a, b) < 20 : gap(a, b) < 10 + 3 * width))
  const crowded = points.some((a, index) => points.slice(index + 1).some(b => distance(a, b) < 40))
  return blurred || crowded ? null : points.length
}
