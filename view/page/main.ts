import { render } from 'preact'
import { Filters, filterKeys } from './filters.ts'
import { chosenFolder, servedFolder } from './folder.ts'
import { html } from './html.ts'
import { listenTo } from './keys.ts'
import { List, listKeys } from './list.ts'
import { OpenRows, rowKeys } from './row.ts'
import { address, problem, reader, showFolder } from './state.ts'
import { visible } from './visible.ts'

/** Panes know the state of the page, and none knows another. */
function Page() {
  const isOpen = address.value.key !== null
  return html`<header class="top">
      <h1>${visible(reader.value?.folder.name ?? 'kindling')}</h1>
      <label class="choose">Choose folder
        <input type="file" webkitdirectory onChange=${choose} />
      </label>
    </header>
    ${problem.value && html`<p class="problem" role="alert">${visible(problem.value)}</p>`}
    ${reader.value && html`<main class=${isOpen ? 'open' : ''}><${Filters} /><${List} /><${OpenRows} /></main>`}`
}

function choose({ target }: Event): void {
  const { files } = target as HTMLInputElement
  if (files?.length) void showFolder(Promise.resolve(chosenFolder([...files])))
}

listenTo([...listKeys, ...rowKeys, ...filterKeys], () => true)
render(html`<${Page} />`, document.body)
void showFolder(servedFolder())
