import { harmless } from './show.ts'

/** Columns of one width each, the second to the right. */
export function table(texts: string[][]): string {
  const rows = texts.map(row => row.map(text => harmless(text)))
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length)),
  )
  const padded = (text: string, column: number) =>
    column === 1 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
  return rows.map(row => `  ${row.map(padded).join('  ')}`.trimEnd()).join('\n')
}
