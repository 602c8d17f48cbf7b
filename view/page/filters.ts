import { visible } from '../../words/visible.ts'
import { facets, orders } from './facets.ts'
import { html } from './html.ts'
import type { Key } from './keys.ts'
import { searchDone, searchProblem } from './search.ts'
import { address, found, go, isWide, step } from './state.ts'

export const filterKeys: readonly Key[] = [
  { keys: ['/'], does: 'look for words', run: () => document.querySelector<HTMLElement>('#text')?.focus() },
]

/** What the list is filtered and sorted by, with what each choice would leave. */
export function Filters() {
  const { text, within, sort, chosen } = address.value
  const any = text !== '' || Object.values(chosen).some(values => values.length > 0)
  return html`<aside class="filters" aria-label="Filters"><details open=${isWide}><summary>Filters</summary><div>
    <label class="field">Words
      <input id="text" type="search" value=${text} aria-keyshortcuts="/"
        onKeyDown=${leaveWords} onInput=${(event: Event) => go({ text: written(event) }, 'same')} />
    </label>
    <label class="check"><input type="checkbox" checked=${within === 'messages'}
        onChange=${() => go({ within: within === '' ? 'messages' : '' })} /> in messages, too
      <span class="number" aria-live="polite">${searchWords()}</span></label>
    <label class="field">Order
      <select value=${sort} onChange=${(event: Event) => go({ sort: written(event) })}>
        <option value="">as in the file</option>
        ${orders.flatMap(({ column, title }) => [
          html`<option value=${column} selected=${sort === column}>${title} ↑</option>`,
          html`<option value=${`-${column}`} selected=${sort === `-${column}`}>${title} ↓</option>`,
        ])}
      </select>
    </label>
    ${any && html`<button type="button" onClick=${() => go({ text: '', chosen: {} })}>Show all rows</button>`}
    ${facets.map(facet => html`<${Values} key=${facet.name} name=${facet.name} title=${facet.title} />`)}
  </div></details></aside>`
}

function searchWords(): string {
  if (searchProblem.value) return visible(searchProblem.value)
  const done = searchDone.value
  return done === null || done === 1 ? '' : `${Math.floor(done * 100)} % looked through`
}

/** Keys are keys again, and the words stay: a browser would take them away. */
function leaveWords(event: KeyboardEvent): void {
  if (event.isComposing || !['Enter', 'Escape'].includes(event.key)) return
  event.preventDefault()
  ;(event.target as HTMLElement).blur()
  if (event.key === 'Enter') step(0)
}

const written = ({ target }: Event) => (target as HTMLInputElement | HTMLSelectElement).value

/** Values of a facet that are listed; a person types the others. */
const most = 30

function Values({ name, title }: { name: string; title: string }) {
  const chosen = address.value.chosen[name] ?? []
  const counts = found.value.counts.get(name) ?? new Map<string, number>()
  const values = [...new Set([...chosen, ...counts.keys()])]
    .toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
    .slice(0, most)
  if (values.length === 0) return null
  return html`<fieldset><legend>${title}</legend>
    ${values.map(
      value => html`<label key=${value}>
        <input type="checkbox" checked=${chosen.includes(value)} onChange=${() => toggle(name, value)} />
        <span class="value" dir="auto">${visible(value)}</span>
        <span class="number">${(counts.get(value) ?? 0).toLocaleString('en')}</span>
      </label>`,
    )}
  </fieldset>`
}

function toggle(name: string, value: string): void {
  const { chosen } = address.value
  const before = chosen[name] ?? []
  const after = before.includes(value) ? before.filter(each => each !== value) : [...before, value]
  go({ chosen: { ...chosen, [name]: after } })
}
