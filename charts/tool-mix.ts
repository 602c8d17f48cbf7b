import { bars } from './bars.ts'
import { defineChart } from './chart.ts'
import { toolOf } from './mistakes.ts'
import { mostSeries } from './series.ts'
import { mostFirst, others, tally } from './tally.ts'
import { countText, shareText } from './written.ts'

const noCalls = () => ({ calls: 0 })
const callsIn = ({ calls }: { calls: number }) => calls

export const toolMixChart = defineChart({
  name: 'tool_mix',
  title: 'Tools by category',
  about: 'Which tools are called for tasks of a category, as shares of all calls there.',
  columns: { category: 'text', tool: 'text', calls: 'count', share: 'share' },
  count() {
    const [categories, tools] = [tally(noCalls), tally(noCalls)]
    const both = tally(() => tally(noCalls))
    return {
      add({ row, calls }) {
        const category = row.category ?? '(none)'
        for (const { tool, mistake } of calls) {
          const name = toolOf(tool, mistake)
          for (const each of [categories.of(category), tools.of(name), both.of(category).of(name)])
            each.calls++
        }
      },
      lines() {
        const shown = mostFirst(categories, callsIn)
        const columns = mostFirst(tools, callsIn, mostSeries).map(([tool]) => tool)
        const cells = tally(() => tally(noCalls))
        for (const [category, own] of both.all())
          for (const [tool, { calls }] of own.all())
            cells
              .of(
                nameIn(
                  shown.map(([name]) => name),
                  category,
                ),
              )
              .of(nameIn(columns, tool)).calls += calls
        return shown.flatMap(([category, all]) =>
          columns.flatMap(tool => {
            const { calls } = cells.of(category).of(tool)
            return calls > 0 ? [{ category, tool, calls, share: calls / all.calls }] : []
          }),
        )
      },
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'No tool was called.'),
  reach: () => 1,
  plot(lines, frame) {
    const categories = Map.groupBy(lines, ({ category }) => category)
    const all = [...categories].map(([name, own]) => ({
      name,
      parts: own.map(({ tool, share }) => ({ of: tool, value: share })),
      end: countText(own.reduce((sum, { calls }) => sum + calls, 0)),
    }))
    const tools = tally(noCalls)
    for (const { tool, calls } of lines) tools.of(tool).calls += calls
    const series = mostFirst(tools, callsIn).map(([tool]) => tool)
    return bars(all, { ...frame, label: 'calls', write: shareText, series })
  },
})

const nameIn = (names: readonly string[], name: string) => (names.includes(name) ? name : others)
