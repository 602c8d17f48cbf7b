import type { Drawing } from '../drawings.ts'
import type { Random } from '../random.ts'
import { fontFamily } from '../render.ts'

const words = (
  'apple beach candle delta engine forest garden hammer island jacket kettle lemon magnet needle ocean pencil quartz ' +
  'river silver ticket umbrella velvet window yellow zebra bridge castle dragon falcon guitar harbor insect jungle ' +
  'lantern meadow nickel orchid pepper rabbit saddle temple violin walnut amber basil copper'
).split(' ')

const wordings = [
  'How many rows and columns are in the table? Answer with a pair (row,column), e.g. (5,6).',
  'Count the number of rows and columns of this table. Answer with a pair (row,column), e.g. (5,6).',
  'How many rows and how many columns does the grid have? Answer with a pair (row,column), e.g. (5,6).',
]

/** A table of 3 to 9 rows and columns, half of the time with text in its cells. */
export function drawGrid(chance: Random): Drawing {
  const rows = chance.integer(3, 9)
  const columns = chance.integer(3, 9)
  const cell = { width: chance.integer(44, 68), height: chance.integer(30, 66) }
  const margin = { x: chance.integer(0, 35), y: chance.integer(0, 35) }
  const stroke = chance.integer(1, 5)
  const ink = chance.pick(['#000000', '#333333', '#1f3fb4', '#117733'])
  const edge = margin.x + margin.y === 0 ? 0 : stroke
  const width = 2 * (margin.x + edge) + columns * cell.width
  const height = 2 * (margin.y + edge) + rows * cell.height
  const inner = cells(chance, { rows, columns, cell, filled: chance.next() < 0.5 })
  const rules = `<path d="${ruled(rows, columns, cell)}" stroke="${ink}" stroke-width="${stroke}" stroke-linecap="square"/>`
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="translate(${margin.x + edge} ${margin.y + edge})">${inner}${rules}</g></svg>`,
    question: chance.pick(wordings),
    answer: `(${rows},${columns})`,
    answerType: 'text',
    kind: 'grid',
  }
}

interface Size {
  width: number
  height: number
}

function ruled(rows: number, columns: number, { width, height }: Size): string {
  const across = Array.from({ length: rows + 1 }, (_, row) => `M0 ${row * height}h${columns * width}`)
  const down = Array.from({ length: columns + 1 }, (_, column) => `M${column * width} 0v${rows * height}`)
  return [...across, ...down].join('')
}

interface Table {
  rows: number
  columns: number
  cell: Size
  filled: boolean
}

function cells(chance: Random, { rows, columns, cell, filled }: Table): string {
  if (!filled) return ''
  const size = chance.integer(9, 11)
  const numbers = chance.next() < 0.3
  const texts = Array.from({ length: rows * columns }, (_, index) => {
    const x = ((index % columns) + 0.5) * cell.width
    const y = (Math.floor(index / columns) + 0.5) * cell.height + size / 3
    return `<text x="${x}" y="${y}">${numbers ? chance.integer(1, 999) : chance.pick(words)}</text>`
  })
  return `<g font-family="${fontFamily}" font-size="${size}" text-anchor="middle">${texts.join('')}</g>`
}
