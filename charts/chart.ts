import type { PlotOptions } from '@observablehq/plot'
import { type Drawing, drawn, type PageDocument } from './drawing.ts'
import type { ToldRollout } from './told.ts'

/** How the values of a column are written. */
export type Form = 'text' | 'count' | 'share' | 'usd'

/** What is counted of one thing, by the names of columns; null where that cannot be said. */
export type ChartLine = { readonly [column: string]: string | number | null }

/** What a drawing has to fit into. */
export interface DrawingFrame {
  document: PageDocument
  /** In pixels. */
  width: number
  /** Whose drawing it is, for names that must be its own on a page. */
  id: string
  /** How far its axis reaches, so that two drawings can be compared; `Figure.reach` by default. */
  reach?: number
}

/** What a chart shows of some rollouts. */
export interface Figure {
  /** The numbers, which also stand as a table beside the drawing. */
  lines: readonly ChartLine[]
  /** One sentence in place of a drawing, where there is nothing to draw. */
  nothing: string | null
  /** The largest value on its axis. */
  reach: number
  draw(frame: DrawingFrame): Drawing
}

/** Rollouts, one at a time; what is counted of them takes no more memory the more there are. */
export interface Counting {
  add(told: ToldRollout): void
  figure(): Figure
}

/** One question to the tables of an export, answered by numbers and a drawing. */
export interface Chart {
  name: string
  title: string
  /** What is counted, in a sentence or two. */
  about: string
  /** Of its lines, in the order in which a table shows them. */
  columns: Readonly<Record<string, Form>>
  count(): Counting
}

/** The same for those who draw. */
export type DrawnFrame = Required<Omit<DrawingFrame, 'document'>>

/** A chart by what it counts and how that is drawn, both of which are pure. */
export interface ChartDefinition<Own extends ChartLine> extends Omit<Chart, 'count' | 'columns'> {
  columns: Readonly<Record<keyof Own, Form>>
  count(): { add(told: ToldRollout): void; lines(): Own[] }
  nothing(lines: readonly Own[]): string | null
  reach(lines: readonly Own[]): number
  plot(lines: readonly Own[], frame: DrawnFrame): PlotOptions
}

export const defineChart = <Own extends ChartLine>({
  nothing,
  reach,
  plot,
  ...chart
}: ChartDefinition<Own>): Chart => ({
  ...chart,
  count() {
    const counting = chart.count()
    return {
      add: counting.add,
      figure() {
        const lines = counting.lines()
        const own = reach(lines)
        return {
          lines,
          nothing: nothing(lines),
          reach: own,
          draw: frame => drawn(plot(lines, { reach: own, ...frame }), { ...frame, says: chart.title }),
        }
      },
    }
  },
})
