import type { PlotOptions } from '@observablehq/plot'
import { bars } from './bars.ts'
import type { DrawnFrame } from './chart.ts'
import { countText } from './written.ts'

/** How many rollouts were kept and dropped. */
export type Fates = { kept: number; dropped: number }

export const noFates = (): Fates => ({ kept: 0, dropped: 0 })

export const decisionOf = ({ kept }: { kept: boolean }): 'kept' | 'dropped' => (kept ? 'kept' : 'dropped')

export const allOf = ({ kept, dropped }: Fates): number => kept + dropped

export const mostRollouts = (all: readonly Fates[]): number => Math.max(0, ...all.map(allOf))

/** A bar of kept and dropped rollouts for each line. */
export const fateBars = <Line extends Fates>(
  lines: readonly Line[],
  nameOf: (line: Line) => string,
  frame: DrawnFrame,
): PlotOptions =>
  bars(
    lines.map(line => ({
      name: nameOf(line),
      parts: [
        { of: 'kept', value: line.kept },
        { of: 'dropped', value: line.dropped },
      ],
      end: `${countText(line.kept)} of ${countText(allOf(line))}`,
    })),
    { ...frame, label: 'rollouts', write: countText, series: ['kept', 'dropped'] },
  )
