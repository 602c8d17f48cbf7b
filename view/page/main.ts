import { render } from 'preact'
import { visible } from '../../words/visible.ts'
import { Filters, filterKeys } from './filters.ts'
import { chosenFolder, servedFolder } from './folder.ts'
import { Help, helpKeys, lettersAreOn, openHelp } from './help.ts'
import { html } from './html.ts'
import { listenTo } from './keys.ts'
import { LabelBar, labelKeys } from './label-bar.ts'
import { List, listKeys } from './list.ts'
import { LargePicture } from './picture.ts'
import { openPlots, Plots } from './plots.ts'
import { OpenRows, rowKeys } from './row.ts'
import { searchMessages } from './search.ts'
import { address, problem, reader, showFolder } from './state.ts'

/** What every pane lets the keyboard do. */
const keys = [...listKeys, ...rowKeys, ...filterKeys, ...labelKeys, ...helpKeys]

/** Panes know the state of the page, and none knows another. */
function Page() {
  const { key, beside } = address.value
  const shape = beside !== null ? 'open beside' : key !== null ? 'open' : ''
  return html`<header class="top">
      <h1>${visible(reader.value?.folder.name ?? 'kindling')}</h1>
      ${reader.value && html`<button type="button" onClick=${openPlots}>Plots</button>`}
      <button type="button" onClick=${openHelp} aria-keyshortcuts="?">Keys</button>
      <label class="choose">Choose folder <input type="file" webkitdirectory onChange=${choose} /></label>
    </header>
    ${problem.value && html`<p class="problem" role="alert">${visible(problem.value)}</p>`}
    ${reader.value && html`<main class=${shape}><${Filters} /><${List} /><${OpenRows} /></main><${LabelBar} />`}
    <${LargePicture} /><${Plots} /><${Help} keys=${keys} />`
}

function choose({ target }: Event): void {
  const { files } = target as HTMLInputElement
  if (files?.length) void showFolder(Promise.resolve(chosenFolder([...files])))
}

listenTo(keys, () => lettersAreOn.value)
searchMessages()
render(html`<${Page} />`, document.body)
void showFolder(servedFolder())
