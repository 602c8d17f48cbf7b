import type { Drawing } from '../drawings.ts'
import type { Random } from '../random.ts'

const wordings = [
  'How many squares are in the image?',
  'Count the total number of squares in the image.',
  'How many nested squares does the picture show?',
]

/** 2 to 6 squares, each within the one before, none touching another. */
export function drawSquares(chance: Random): Drawing {
  const size = chance.pick([360, 440, 520, 600, 700])
  const count = chance.integer(2, 6)
  const stroke = chance.integer(1, 4)
  const ink = chance.pick(['#000000', '#333333', '#1f3fb4', '#c4161c', '#117733'])
  const shapes = nested(chance, { size, count, stroke }).map(
    ({ x, y, side }) => `<rect x="${x}" y="${y}" width="${side}" height="${side}"/>`,
  )
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><g fill="none" stroke="${ink}" stroke-width="${stroke}">${shapes.join('')}</g></svg>`,
    question: chance.pick(wordings),
    answer: String(count),
    answerType: 'number',
    kind: 'squares',
  }
}

interface Square {
  x: number
  y: number
  side: number
}

function nested(chance: Random, wanted: { size: number; count: number; stroke: number }): Square[] {
  const { size, count, stroke } = wanted
  for (;;) {
    const side = chance.integer(Math.round(size / 3.2), Math.round(size / 1.8))
    const reach = size - side - 8
    let square: Square = { side, x: chance.integer(8, reach), y: chance.integer(8, reach) }
    const squares = [square]
    while (squares.length < count) {
      square = within(chance, square, stroke + 3)
      squares.push(square)
    }
    if (square.side >= 6 + 3 * stroke) return squares
  }
}

function within(chance: Random, { x, y, side }: Square, gap: number): Square {
  const inner = Math.round((side - 2 * gap) * (0.6 + 0.3 * chance.next()))
  const room = side - inner - gap
  return { side: inner, x: x + chance.integer(gap, room), y: y + chance.integer(gap, room) }
}
