import { shareOf } from '../checks/judges/interval.ts'
import { bars } from './bars.ts'
import { defineChart } from './chart.ts'
import { mostFirst, tally } from './tally.ts'
import { countText, shareText } from './written.ts'

export const mistakesChart = defineChart({
  name: 'mistakes',
  title: 'Mistakes per tool',
  about:
    'Which share of the calls of a tool was a mistake of the teacher, with the interval that holds the true share in 19 of 20 cases.',
  columns: {
    ...{ tool: 'text', calls: 'count', mistakes: 'count' },
    ...{ share: 'share', low: 'share', high: 'share', kinds: 'text' },
  },
  count() {
    const tools = tally(() => ({ calls: 0, mistakes: 0 }))
    const kinds = tally(() => tally(() => ({ calls: 0 })))
    return {
      add({ calls }) {
        for (const { tool, mistake } of calls) {
          const name = toolOf(tool, mistake)
          const found = tools.of(name)
          found.calls++
          if (mistake === null) continue
          found.mistakes++
          kinds.of(name).of(mistake).calls++
        }
      },
      lines: () =>
        mostFirst(tools, ({ calls }) => calls).map(([tool, { calls, mistakes }]) => {
          const { estimate, low, high } = shareOf({ right: mistakes, of: calls })
          const own = mostFirst(kinds.of(tool), ({ calls }) => calls, 8)
          const words = own.map(([kind, { calls }]) => `${kind} ${calls}`).join(', ')
          return { tool, calls, mistakes, share: estimate, low, high, kinds: words }
        }),
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'No tool was called.'),
  reach: lines => Math.max(0, ...lines.map(({ high }) => high)),
  plot: (lines, frame) =>
    bars(
      lines.map(({ tool, calls, mistakes, share, low, high }) => ({
        name: tool,
        parts: [{ value: share }],
        interval: [low, high],
        end: `${countText(mistakes)} of ${countText(calls)}`,
      })),
      { ...frame, label: 'calls that are mistakes', write: shareText },
    ),
})

/** Names that no tool has are made up, and each would be a tool of its own. */
export const toolOf = (tool: string | null, mistake: string | null): string =>
  mistake === 'unknown_tool' ? '(unknown)' : (tool ?? '(none)')
