import type { Chart, ChartLine, Form } from './chart.ts'
import { shownName } from './names.ts'
import { countText, shareText, usdText } from './written.ts'

/** Headings of a chart's table. */
export const headsOf = ({ columns }: Chart): string[] =>
  Object.keys(columns).map(name => name.replaceAll('_', ' '))

/** The cells of a line, for a person. */
export const chartCells = ({ columns }: Chart, line: ChartLine): string[] =>
  Object.entries(columns).map(([name, form]) => written(form, line[name] ?? null))

export const isNumber = (form: Form | undefined): boolean => form !== 'text'

function written(form: Form, value: string | number | null): string {
  if (value === null) return '–'
  return typeof value === 'string' ? shownName(value) : numbers[form](value)
}

const numbers: Record<Form, (value: number) => string> = {
  text: String,
  count: countText,
  share: shareText,
  usd: usdText,
}
