import { bars } from './bars.ts'
import { defineChart } from './chart.ts'
import { tally } from './tally.ts'
import { countText } from './written.ts'

/** Up to which share of the tries was solved. */
const steps: [name: string, upTo: number][] = [
  ['never', 0],
  ['up to 25 %', 0.25],
  ['up to 50 %', 0.5],
  ['up to 75 %', 0.75],
  ['not always', 1 - Number.EPSILON],
  ['always', 1],
]

export const difficultyChart = defineChart({
  name: 'difficulty',
  title: 'Difficulty',
  about: 'Tasks by how many of their tries solved them.',
  columns: { solved: 'text', tasks: 'count' },
  count() {
    const found = tally(() => ({ tasks: 0 }))
    return {
      add({ row: { tries, solved } }) {
        if (!tries || solved === null) return
        const [step] = steps.find(([, upTo]) => solved / tries <= upTo) ?? ['always']
        // Each of a task's rollouts is a row: together they are one task, and nobody has to know its id.
        found.of(step).tasks += 1 / tries
      },
      lines: () =>
        found.all().length === 0
          ? []
          : steps.map(([solved]) => ({ solved, tasks: Math.round(found.of(solved).tasks) })),
    }
  },
  nothing: lines => (lines.length > 0 ? null : 'No check says which rollouts solve their task.'),
  reach: lines => Math.max(0, ...lines.map(({ tasks }) => tasks)),
  plot: (lines, frame) =>
    bars(
      lines.map(({ solved, tasks }) => ({ name: solved, parts: [{ value: tasks }], end: countText(tasks) })),
      { ...frame, label: 'tasks', write: countText },
    ),
})
