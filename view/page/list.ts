import { useEffect, useRef, useState } from 'preact/hooks'
import { visible } from '../../words/visible.ts'
import { counted, inDollars } from './amounts.ts'
import { html } from './html.ts'
import type { Key } from './keys.ts'
import type { RowLine } from './row-line.ts'
import { address, openKey, reader, rows, rowsListed, step } from './state.ts'

export const listKeys: readonly Key[] = [
  { keys: ['j', 'ArrowDown'], does: 'next row', run: () => step(1) },
  { keys: ['k', 'ArrowUp'], does: 'row before', run: () => step(-1) },
  { keys: ['o'], does: 'another row of the list, at random', run: openAny },
  { keys: ['Enter'], does: 'open the first row', run: () => address.value.key ?? step(0) },
]

function openAny(): void {
  const others = rowsListed.value.filter(({ key }) => key !== address.value.key)
  const row = others[Math.floor(Math.random() * others.length)]
  if (row) openKey(row)
}

/** Pixels: rows are of one height, so that the place of each is known without drawing those before it. */
const [rowHeight, beyond] = [46, 10]

/** The rows that the filters let through. Only those in view are in the document. */
export function List() {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 800 })
  const all = rowsListed.value
  const open = address.value.key
  const at = all.findIndex(({ key }) => key === open)
  const look = () => box.current && setView({ top: box.current.scrollTop, height: box.current.clientHeight })
  useEffect(() => {
    const watching = new ResizeObserver(look)
    if (box.current) watching.observe(box.current)
    return () => watching.disconnect()
  }, [])
  useEffect(() => intoView(box.current, at), [at])
  const first = Math.max(0, Math.floor(view.top / rowHeight) - beyond)
  const shown = all.slice(first, Math.ceil((view.top + view.height) / rowHeight) + beyond)
  return html`<section class="list" aria-label="Rows">
    <div class="count"><p aria-live="polite">${countWords(all.length)}</p>
      <button type="button" class="small" aria-keyshortcuts="o" onClick=${openAny}>At random</button></div>
    <div class="scroll" ref=${box} onScroll=${look} role="grid" tabindex="0" aria-label="Rows"
        aria-rowcount=${all.length} aria-activedescendant=${at >= 0 ? `row-${at}` : undefined}>
      <div class="all" role="rowgroup" ref=${heightOf(all.length * rowHeight)}>
        ${shown.map((row, index) => html`<${Item} key=${row.key} row=${row} index=${first + index} open=${row.key === open} />`)}
      </div>
    </div>
  </section>`
}

const countWords = (shown: number): string => {
  const [here, count] = [rows.value.length, reader.value?.count ?? 0]
  const of = shown === count ? '' : ` of ${count.toLocaleString('en')}`
  const coming = here < count ? `, ${here.toLocaleString('en')} read so far` : ''
  return `${shown.toLocaleString('en')}${of} rows${coming}`
}

/** A style in markup is what the policy refuses; a property is not. */
const heightOf = (pixels: number) => (element: HTMLElement | null) => {
  if (element) element.style.height = `${pixels}px`
}

const topOf = (pixels: number) => (element: HTMLElement | null) => {
  if (element) element.style.top = `${pixels}px`
}

function intoView(box: HTMLElement | null, at: number): void {
  if (!box || at < 0) return
  const top = at * rowHeight
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + rowHeight > box.scrollTop + box.clientHeight)
    box.scrollTop = top + rowHeight - box.clientHeight
}

function Item({ row, index, open }: { row: RowLine; index: number; open: boolean }) {
  return html`<div role="row" id=${`row-${index}`} class=${`item ${row.kept ? 'kept' : 'dropped'}`} aria-rowindex=${index + 1}
      aria-selected=${open} onClick=${() => openKey(row)} ref=${topOf(index * rowHeight)}>
    <span role="gridcell" class="decision">${row.kept ? '✓ kept' : '✗ dropped'}</span>
    <span role="gridcell" class="question" dir="auto">${visible(row.question)}</span>
    <span role="gridcell" class="about">${visible(aboutRow(row))}</span>
  </div>`
}

const aboutRow = (row: RowLine): string =>
  [
    row.reason ?? `${row.teacher_answer ?? ''}`,
    row.task_id,
    row.category,
    row.teacher,
    row.turns !== null && counted(row.turns, 'turn'),
    row.calls !== null && counted(row.calls, 'call'),
    row.cost_usd !== null && inDollars(row.cost_usd),
  ]
    .filter(Boolean)
    .join(' · ')
