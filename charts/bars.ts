import { axisX, barX, type PlotOptions, ruleX, ruleY, text, tickX } from '@observablehq/plot'
import type { DrawnFrame } from './chart.ts'
import { letter } from './drawing.ts'
import { shownName } from './names.ts'
import { plainColour, type Series, seriesOf } from './series.ts'

export interface Bar {
  name: string
  /** From the left; those of the layout's series, or a single one without a name. */
  parts: readonly { of?: string; value: number }[]
  /** What stands at its end. */
  end: string
  /** Where its first part begins; 0 by default. */
  from?: number
  /** Is drawn over it. */
  interval?: readonly [low: number, high: number] | null
}

export interface BarLayout extends DrawnFrame {
  /** What the axis counts. */
  label: string
  /** How a value of the axis is written. */
  write(value: number): string
  /** Names of parts. */
  series?: readonly string[]
}

const rowHeight = 26
const noSeries: Series = { fills: [], height: 0, marks: [] }

/** Bars one below the other, each after its name. */
export function bars(all: readonly Bar[], layout: BarLayout): PlotOptions {
  const { id, series = [], width } = layout
  const reach = layout.reach || 1
  const names = all.map(({ name }) => shownName(name, width < 480 ? 18 : 32))
  const marginLeft = 12 + letter * longest(names)
  const marginRight = 16 + letter * longest(all.map(({ end }) => end))
  const look = series.length > 0 ? seriesOf(series, { id, width }) : noSeries
  const fills = new Map(series.map((name, index) => [name, look.fills[index]]))
  return {
    ...{ marginLeft, marginRight, marginTop: look.height + 4, marginBottom: 42 },
    height: look.height + 46 + rowHeight * all.length,
    x: { domain: [0, reach], axis: null },
    // Two that are cut to the same name are two bars all the same.
    y: {
      domain: all.map((_, index) => index),
      label: null,
      tickSize: 0,
      tickFormat: index => names[index] ?? '',
    },
    marks: [
      ...look.marks,
      axis(layout, (width - marginLeft - marginRight) / 64),
      barX(partsOf(all, fills), {
        x1: 'from',
        x2: 'to',
        y: 'index',
        fill: 'fill',
        insetTop: 1,
        insetBottom: 1,
      }),
      ruleX([0]),
      ...intervals(all),
      text(all, { x: endOf, y: (_, index) => index, text: 'end', textAnchor: 'start', dx: 6 }),
    ],
  }
}

const longest = (texts: readonly string[]) => Math.max(2, ...texts.map(({ length }) => length))

const axis = ({ label, write }: BarLayout, ticks: number) =>
  axisX({ ticks: Math.max(1, ticks), tickFormat: write, label, labelAnchor: 'center', labelArrow: 'none' })

const partsOf = (all: readonly Bar[], fills: ReadonlyMap<string, string | undefined>) =>
  all.flatMap(({ parts, from = 0 }, index) => {
    let to = from
    return parts.map(({ of = '', value }) => {
      const begins = to
      to += value
      return { index, from: begins, to, fill: fills.get(of) ?? plainColour }
    })
  })

const endOf = ({ parts, from = 0, interval }: Bar): number =>
  Math.max(from + parts.reduce((sum, { value }) => sum + value, 0), interval?.[1] ?? 0)

function intervals(all: readonly Bar[]) {
  const known = all.flatMap(({ interval }, index) =>
    interval ? [{ index, low: interval[0], high: interval[1] }] : [],
  )
  const look = { y: 'index', stroke: 'currentColor', strokeWidth: 1.5 }
  const ends = { ...look, insetTop: 7, insetBottom: 7 }
  return [
    ruleY(known, { ...look, x1: 'low', x2: 'high' }),
    tickX(known, { ...ends, x: 'low' }),
    tickX(known, { ...ends, x: 'high' }),
  ]
}
