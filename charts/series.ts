import type { RenderFunction } from '@observablehq/plot'
import { letter, type PageDocument } from './drawing.ts'
import { shownName } from './names.ts'

/**
 * How the parts of a bar look. Each has a colour of its own that stands out from white and from black (contrast 3 and
 * more on both), and a pattern of its own for those who do not see colours.
 */
const looks: { colour: string; lines: string }[] = [
  { colour: '#4a7fc1', lines: '' },
  { colour: '#c8731f', lines: 'M-2,2L2,-2M0,8L8,0M6,10L10,6' },
  { colour: '#2f9270', lines: 'M0,4L8,4' },
  { colour: '#b3609b', lines: 'M-2,6L2,10M0,0L8,8M6,-2L10,2' },
  { colour: '#8a8a8a', lines: 'M4,0L4,8' },
  { colour: '#a08418', lines: 'M0,0L8,8M8,0L0,8' },
]

/** More parts than these cannot be told apart. */
export const mostSeries = looks.length

/** The colour of what has no parts. */
export const plainColour = '#4a7fc1'

/** How the parts of bars are filled, by their names, and what explains it. */
export interface Series {
  fills: string[]
  /** How high the explanation stands, in pixels. */
  height: number
  marks: RenderFunction[]
}

/** `id` makes the names of patterns its own, since several drawings stand on one page. */
export function seriesOf(names: readonly string[], { id, width }: { id: string; width: number }): Series {
  const fills = names.map((_, index) => `url(#${id}-${index})`)
  const places = placesIn(
    names.map(name => shownName(name, 28)),
    width,
  )
  const lines = Math.max(0, ...places.map(({ line }) => line)) + 1
  return {
    fills,
    height: lines * lineHeight + 8,
    marks: [
      (_index, _scales, _values, _dimensions, { document }) =>
        grouped(document, [
          element(
            document,
            'defs',
            {},
            fills.map((_, index) => pattern(document, `${id}-${index}`, index)),
          ),
          ...places.flatMap(({ name, x, line }, index) =>
            swatch(document, { name, x, y: line * lineHeight, fill: fills[index] ?? plainColour }),
          ),
        ]),
    ],
  }
}

const lineHeight = 20

/** Names beside each other, in as many lines as that takes. */
function placesIn(names: readonly string[], width: number): { name: string; x: number; line: number }[] {
  let [x, line] = [0, 0]
  return names.map(name => {
    const wide = 20 + name.length * letter + 14
    if (x > 0 && x + wide > width) [x, line] = [0, line + 1]
    const place = { name, x, line }
    x += wide
    return place
  })
}

interface Swatch {
  name: string
  x: number
  y: number
  fill: string
}

const swatch = (document: PageDocument, { name, x, y, fill }: Swatch) => [
  element(document, 'rect', { x, y: y + 2, width: 14, height: 14, fill }),
  element(document, 'text', { x: x + 20, y: y + 13, 'text-anchor': 'start' }, [
    document.createTextNode(name),
  ]),
]

function pattern(document: PageDocument, id: string, index: number) {
  const { colour, lines } = looks[index % looks.length] ?? { colour: plainColour, lines: '' }
  const size = { width: 8, height: 8 }
  return element(document, 'pattern', { id, ...size, patternUnits: 'userSpaceOnUse' }, [
    element(document, 'rect', { ...size, fill: colour }),
    element(document, 'path', {
      d: lines || 'M0,0',
      stroke: '#fff',
      'stroke-width': 1.5,
      'stroke-opacity': 0.75,
    }),
  ])
}

const grouped = (document: PageDocument, children: Node[]) =>
  element(document, 'g', { fill: 'currentColor' }, children)

type Drawn = NonNullable<ReturnType<RenderFunction>>

type Node = Drawn | ReturnType<PageDocument['createTextNode']>

function element(
  document: PageDocument,
  name: string,
  attributes: Record<string, string | number>,
  children: Node[] = [],
) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`)
  made.append(...children)
  return made as Drawn
}
