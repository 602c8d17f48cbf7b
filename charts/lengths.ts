import { defineChart } from './chart.ts'
import { decisionOf, fateBars, mostRollouts, noFates } from './fate-bars.ts'
import { tally } from './tally.ts'
import type { ToldRollout } from './told.ts'
import { countText } from './written.ts'

/** Each is twice as long as the one before; the first holds all that is shorter. */
const shortest = 9

export const lengthsChart = defineChart({
  name: 'lengths',
  title: 'Lengths',
  about:
    'Rollouts by the tokens of the whole conversation, as the provider counts them: what the last reply was asked with, and that reply.',
  columns: { tokens: 'text', kept: 'count', dropped: 'count' },
  count() {
    const found = tally(noFates)
    return {
      add(told) {
        const tokens = lengthOf(told)
        if (tokens > 0) found.of(`${powerOf(tokens)}`)[decisionOf(told.row)]++
      },
      lines() {
        const fates = new Map(found.all().map(([power, each]) => [Number(power), each]))
        const [least, largest] = [Math.min(...fates.keys()), Math.max(...fates.keys())]
        return fates.size === 0
          ? []
          : Array.from({ length: largest - least + 1 }, (_, index) => ({
              tokens: rangeOf(least + index),
              ...(fates.get(least + index) ?? noFates()),
            }))
      },
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'No provider has counted tokens.'),
  reach: lines => mostRollouts(lines),
  plot: (lines, frame) => fateBars(lines, line => line.tokens, frame),
})

function lengthOf({ turns }: ToldRollout): number {
  const last = turns.at(-1)
  return (last?.input ?? 0) + (last?.output ?? 0)
}

const powerOf = (tokens: number) => Math.max(shortest, Math.ceil(Math.log2(tokens)))

const rangeOf = (power: number) =>
  power === shortest
    ? `up to ${countText(2 ** power)}`
    : `${countText(2 ** (power - 1) + 1)} – ${countText(2 ** power)}`
