import type { ExportRow } from '../output/export.ts'
import { counter, type Funnel } from '../pipeline/funnel.ts'
import { type Planted, plantedCounter } from './planted.ts'
import { harmless } from './show.ts'

/** What a run's rows say. */
export interface Stats {
  funnel: Funnel
  /** Faults that a program teacher planted, and what became of the rollouts they were planted in. */
  planted: Planted[]
}

/** Count a run's decided rows. */
export async function statsOf(rows: AsyncIterable<ExportRow>): Promise<Stats> {
  const funnel = counter()
  const planted = plantedCounter()
  for await (const row of rows) {
    funnel.add(row)
    planted.add(row)
  }
  return { funnel: funnel.funnel(), planted: planted.counted() }
}

/** The same for a person. */
export function printStats({ funnel, planted }: Stats): string {
  const { rollouts, answered, kept, categories, dropped, tools, usage, turns } = funnel
  return [
    heading('Funnel'),
    table([
      ['rollouts', `${rollouts}`],
      ['answered', `${answered}`],
      ['kept', `${kept}`],
    ]),
    heading('Categories'),
    table(
      Object.entries(categories).map(([name, each]) => [name, `${each.kept} kept`, `of ${each.rollouts}`]),
    ),
    heading('Dropped, by stage and reason'),
    table(
      dropped.map(({ stage, reason, count, examples }) => [
        `${stage}/${reason}`,
        `${count}`,
        examples.join(' '),
      ]),
    ),
    heading('Tools'),
    table(
      Object.entries(tools).map(([name, each]) => [
        name || '(none)',
        `${each.calls} calls`,
        `${each.mistakes} mistakes`,
      ]),
    ),
    heading('Tokens'),
    table([['turns', `${turns}`], ...Object.entries(usage).map(([name, count]) => [name, `${count}`])]),
    ...(planted.length > 0
      ? [heading('Planted faults, and what became of their rollouts'), plantedTable(planted)]
      : []),
  ].join('\n')
}

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

const heading = (text: string) => `\n${text}`

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
