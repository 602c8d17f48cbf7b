import type { ExportRow } from '../output/export.ts'
import { counter, type Funnel } from '../pipeline/funnel.ts'
import type { NoteBy } from '../pipeline/scratch.ts'
import { type Planted, plantedCounter } from './planted.ts'
import { harmless } from './show.ts'

/** What a run's rows say. */
export interface Stats {
  funnel: Funnel
  /** Faults that a program teacher planted, and what became of the rollouts they were planted in. */
  planted: Planted[]
  /** What the selectors had to say. */
  notes: NoteBy[]
}

/** Count a run's decided rows. */
export async function statsOf(rows: AsyncIterable<ExportRow>, notes: NoteBy[] = []): Promise<Stats> {
  const funnel = counter()
  const planted = plantedCounter()
  for await (const row of rows) {
    funnel.add(row)
    planted.add(row)
  }
  return { funnel: funnel.funnel(), planted: planted.counted(), notes }
}

/** The same for a person; what there is none of is left out. */
export function printStats({ funnel, planted, notes }: Stats): string {
  const { rollouts, answered, kept, categories, dropped, tools, removed, usage, turns } = funnel
  const counts = Object.entries({ rollouts, answered, kept }).map(([name, count]) => [name, `${count}`])
  const kinds = Object.entries(categories).map(([name, each]) => [
    name,
    `${each.kept} kept`,
    `of ${each.rollouts}`,
  ])
  const drops = dropped.map(({ stage, reason, count, examples }) => [
    `${stage}/${reason}`,
    `${count}`,
    examples.join(' '),
  ])
  const calls = Object.entries(tools).map(([name, each]) => [
    name || '(none)',
    `${each.calls} calls`,
    `${each.mistakes} mistakes`,
  ])
  const tokens = Object.entries({ turns, ...usage }).map(([name, count]) => [name, `${count}`])
  const sections: [title: string, body: string][] = [
    ['Funnel', table(counts)],
    ['Categories', table(kinds)],
    ['Dropped, by stage and reason', table(drops)],
    ['Selectors', notesTable(notes)],
    ['Tools', table(calls)],
    [
      'Search results that were not shown, by provider and reason',
      table(removed.map(({ provider, reason, count }) => [`${provider}/${reason}`, `${count}`])),
    ],
    ['Tokens', table(tokens)],
    ['Planted faults, and what became of their rollouts', plantedTable(planted)],
  ]
  return sections.flatMap(([title, body]) => (body === '' ? [] : [`\n${title}`, body])).join('\n')
}

const notesTable = (notes: NoteBy[]) =>
  table(
    notes.map(({ by, about, counts, examples }) => [
      `${by}/${about}`,
      Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
      examples.join(' '),
    ]),
  )

const plantedTable = (planted: Planted[]) =>
  table(
    planted.map(({ fault, count, became }) => [
      fault,
      `${count}`,
      Object.entries(became)
        .map(([fate, n]) => `${fate} ${n}`)
        .join(', '),
    ]),
  )

/** The first column to the left, the second to the right, the rest as it comes. */
export function table(texts: string[][]): string {
  const rows = texts.map(row => row.map(text => harmless(text)))
  const width = (column: number) => Math.max(0, ...rows.map(row => (row[column] ?? '').length))
  const [first, second] = [width(0), width(1)]
  return rows
    .map(([a = '', b = '', ...rest]) =>
      `  ${a.padEnd(first)}  ${b.padStart(second)}  ${rest.join('  ')}`.trimEnd(),
    )
    .join('\n')
}
