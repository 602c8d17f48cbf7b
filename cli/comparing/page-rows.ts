import type { RowComparison } from '../../pipeline/compare/comparison.ts'
import { escaped } from '../html-page.ts'
import { harmless } from '../show.ts'
import { becauseOf } from './flip-tables.ts'

type Row = RowComparison['rows'][number]

/** One choice among values that rows have; the class of a row says which is its own. */
export interface RowChoice {
  name: string
  values: string[]
  of(row: Row): string
}

export function filtersOf(rows: readonly Row[]): RowChoice[] {
  const all: [string, RowChoice['of']][] = [
    ['change', ({ change }) => change],
    ['category', ({ category }) => category],
    ['teacher', ({ teacher }) => teacher],
    ['fate', fatesOf],
  ]
  return all.map(([name, of]) => ({ name, of, values: [...new Set(rows.map(of))].sort() }))
}

const fatesOf = ({ from, to }: Row): string => `${from ?? 'not there'} → ${to ?? 'gone'}`

/** Where a value is chosen, rows of others are not shown. */
export const styleOf = ({ name, values }: RowChoice): string =>
  values
    .map(
      (_, index) =>
        `body:has(#${name} option[value="${index}"]:checked) tr.row:not(.${name}-${index}) { display: none }`,
    )
    .join('\n')

/** Rows that changed, below a menu for each filter. */
export function changedRows(rows: readonly Row[], filters: readonly RowChoice[]): string {
  if (rows.length === 0) return ''
  const places = filters.map(({ name, of, values }) => {
    const classes = new Map(values.map((value, index) => [value, `${name}-${index}`]))
    return (row: Row) => classes.get(of(row))
  })
  const lines = rows.map((row, index) => {
    const classes = places.map(place => place(row)).join(' ')
    return `<tr id="r${index}" class="row ${classes}">${cellsOf(row)}</tr>`
  })
  return `<p>${filters.map(menu).join('')}</p>
<table><tr>${['task', 'category', 'teacher', 'fate', 'because'].map(head => `<th>${head}</th>`).join('')}</tr>
${lines.join('\n')}</table>`
}

function cellsOf(row: Row): string {
  const because = row.from !== null && row.to !== null ? becauseOf(row) : ''
  const cells = [
    `${shown(row.task)} <small>#${row.sample}</small>`,
    shown(row.category),
    shown(row.teacher),
    `<span class="${row.change}">${shown(fatesOf(row))}</span>`,
    `${shown(because)} <span class="note">${shown(row.detail)}</span>`,
  ]
  return cells.map(cell => `<td>${cell}</td>`).join('')
}

const menu = ({ name, values }: RowChoice): string => {
  const options = values.map((value, index) => `<option value="${index}">${shown(value)}</option>`)
  return `<label>${name} <select id="${name}"><option value="all">all</option>${options.join('')}</select></label>`
}

const shown = (text: string): string => escaped(harmless(text))
