import { useEffect, useState } from 'preact/hooks'
import { visible } from '../../words/visible.ts'
import { AboutRow } from './about-row.ts'
import { Conversation } from './conversation.ts'
import { html } from './html.ts'
import type { Key } from './keys.ts'
import type { OpenRow } from './open-row.ts'
import type { RowLine } from './row-line.ts'
import { address, go, openKey, reader, relations, sentenceOf } from './state.ts'

export const rowKeys: readonly Key[] = [
  { keys: ['Escape'], does: 'back to the list', run: () => go({ key: null, beside: null }) },
  { keys: ['['], does: 'sibling before', run: () => toSibling(-1) },
  { keys: [']'], does: 'next sibling', run: () => toSibling(1) },
  { keys: ['b'], does: 'a sibling that disagrees beside it, or alone again', run: toggleBeside },
]

const opened = (): RowLine | undefined => relations.value.with(address.value.key)

function toSibling(by: number): void {
  const row = opened()
  const all = row ? relations.value.siblings(row) : []
  const next = row && all[(all.indexOf(row) + by + all.length) % all.length]
  if (next) go({ key: next.key, beside: null }, 'same')
}

function toggleBeside(): void {
  const row = opened()
  const other = row && relations.value.opposite(row)
  go({ beside: address.value.beside === null ? (other?.key ?? null) : null }, 'same')
}

/** The open row, and the one beside it. */
export function OpenRows() {
  const { key, beside } = address.value
  const all = relations.value
  const open = [key, beside].flatMap(each => all.with(each) ?? [])
  return open.map(row => html`<${OpenedRow} key=${row.key} row=${row} />`)
}

/** A row with everything about it, as soon as it is read. */
function OpenedRow({ row }: { row: RowLine }) {
  const [found, setFound] = useState<OpenRow>()
  const [problem, setProblem] = useState('')
  const from = reader.value
  useEffect(() => {
    let gone = false
    from?.open(row).then(
      read => gone || setFound(read),
      error => gone || setProblem(sentenceOf(error)),
    )
    return () => {
      gone = true
    }
  }, [from, row.key])
  return html`<article class="row" aria-label=${`Row ${visible(row.task_id)}`} aria-busy=${!found && !problem}>
    <${Head} row=${row} />
    ${(problem || found?.problem) && html`<p class="problem" role="alert">${visible(problem || (found?.problem ?? ''))}</p>`}
    ${found && html`<${Conversation} opened=${found} /><${AboutRow} opened=${found} />`}
  </article>`
}

function Head({ row }: { row: RowLine }) {
  const isBeside = address.value.beside === row.key
  const close = () => go(isBeside ? { beside: null } : { key: null, beside: null })
  return html`<header class=${row.kept ? 'kept' : 'dropped'}>
    <div class="bar">
      <button type="button" onClick=${close} aria-keyshortcuts="Escape">${isBeside ? 'Close' : 'Back'}</button>
      <h2 dir="auto">${visible(row.task_id)}</h2>
      <small>${visible(`${row.category ?? ''}, ${row.teacher}, sample ${row.sample}`)}</small>
    </div>
    <p><strong class="decision">${row.kept ? '✓ kept' : '✗ dropped'}</strong>
      ${!row.kept && html` <span dir="auto">by ${visible(row.stage ?? '?')}: ${visible([row.reason, row.detail].filter(Boolean).join(': '))}</span>`}</p>
    <${Siblings} row=${row} />
    <${Others} title="Named there" rows=${relations.value.named(row)} />
    <${Others} title="Dropped because of this one" rows=${relations.value.naming(row)} />
  </header>`
}

function Siblings({ row }: { row: RowLine }) {
  const all = relations.value.siblings(row)
  const { key } = address.value
  if (all.length < 2) return null
  return html`<div role="group" class="siblings" aria-label="Rollouts of this task">${all.map(
    other => html`<span class="sibling" key=${other.key}>
      <button type="button" class=${other.kept ? 'kept' : 'dropped'} aria-current=${other === row ? 'true' : undefined}
        onClick=${() => go({ key: other.key, beside: null }, 'same')}>
        <span class="decision">${other.kept ? '✓' : '✗'}</span> ${visible(`${other.teacher} ${other.sample}: ${other.teacher_answer ?? other.outcome ?? ''}`)}</button>
      ${
        other !== row &&
        other.key !== key &&
        html`<button type="button" class="small" aria-keyshortcuts="b" aria-label=${`${visible(`${other.teacher} ${other.sample}`)} beside this one`}
        onClick=${() => go({ beside: other.key }, 'same')}>beside</button>`
      }
    </span>`,
  )}</div>`
}

function Others({ title, rows }: { title: string; rows: readonly RowLine[] }) {
  if (rows.length === 0) return null
  return html`<p class="others">${title}: ${rows.slice(0, 20).map(
    other => html`<button type="button" class="small" key=${other.key} onClick=${() => openKey(other)}>${visible(`${other.task_id} ${other.key.slice(0, 12)}`)}</button>
      <button type="button" class="small" aria-label=${`${visible(other.task_id)} beside this one`} onClick=${() => go({ beside: other.key }, 'same')}>beside</button> `,
  )}</p>`
}
