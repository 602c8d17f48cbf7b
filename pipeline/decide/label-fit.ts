import type { LabelBook, RowLabel } from '../../labels/label.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Settings } from '../config.ts'
import type { Notes } from './decisions.ts'

const shownExamples = 5

/** What the filters' labels say of a row; null where it has none. */
export const labelOf =
  (filters: Settings['filters']) =>
  (key: string): RowLabel | null =>
    booksOf(filters)
      .map(({ labels }) => labels.rows.get(key))
      .find(row => row !== undefined) ?? null

/** How the labels that filters go by fit the rows of a run, told of every one of them. */
export function labelFit(filters: Settings['filters']) {
  const fits = booksOf(filters).map(({ name, labels }) => ({ name, labels, ...openFit(labels) }))
  return {
    see(trajectory: Trajectory): void {
      for (const { see } of fits) see(trajectory)
    },
    notes: (): Notes =>
      fits.map(({ name, labels, left }) => {
        const { older, strays } = left()
        const counts = { ...countsOf(labels), older_text: older.length, no_row: strays.length }
        const examples = [...new Set([...older, ...strays].map(({ task }) => task))].slice(0, shownExamples)
        return { by: name, about: labels.file, counts, examples }
      }),
    warnings: (): string[] =>
      fits.flatMap(({ name, labels: { file }, left }) => {
        const { older, strays } = left()
        return [
          ...(older.length > 0
            ? [
                `${name}: ${older.length} labelled rows of ${file} were made again since, so their labels count no more: ${named(older)}; label the new ones`,
              ]
            : []),
          ...(strays.length > 0
            ? [`${name}: ${strays.length} labelled rows of ${file} are no rows of this run: ${named(strays)}`]
            : []),
        ]
      }),
  }
}

interface LabelledRow {
  key: string
  task: string
}

const named = (rows: readonly LabelledRow[]): string =>
  [
    ...rows.slice(0, shownExamples).map(({ task, key }) => `${task} (${key.slice(0, 12)})`),
    ...(rows.length > shownExamples ? ['…'] : []),
  ].join(', ')

function booksOf(filters: Settings['filters']): { name: string; labels: LabelBook }[] {
  return filters.flatMap(step =>
    'labels' in step && step.labels ? [{ name: step.name, labels: step.labels }] : [],
  )
}

/** Which labelled rows were not seen. A key holds all that a rollout was asked with: made again, it is another. */
function openFit({ labels }: LabelBook) {
  const unseen = new Map(labels.map(({ key, task_id: task }) => [key, { key, task }]))
  const labelled = new Set(labels.map(({ task_id }) => task_id))
  const tasks = new Set<string>()
  return {
    see({ key, task }: Trajectory): void {
      unseen.delete(key)
      // A damaged record may be without a task.
      if (labelled.has(task?.id)) tasks.add(task.id)
    },
    left() {
      const { true: older = [], false: strays = [] } = Object.groupBy(unseen.values(), ({ task }) =>
        tasks.has(task) ? 'true' : 'false',
      )
      return { older, strays }
    },
  }
}

function countsOf({ rows }: LabelBook): Record<string, number> {
  const counts = { labelled: rows.size, good: 0, bad: 0, unsure: 0, disagreement: 0 }
  for (const { label } of rows.values()) counts[label]++
  return counts
}
