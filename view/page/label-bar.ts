import type { LabelWord } from '../../labels/label.ts'
import { visible } from '../../words/visible.ts'
import { html } from './html.ts'
import type { Key } from './keys.ts'
import { changeDraft, draft } from './labels/draft.ts'
import { isDrawing, listenToDrawing } from './labels/drawing.ts'
import { rubric, save, waiting } from './labels/outbox.ts'
import { goOn, say, undo } from './labels/saying.ts'
import { byQueue, canLabel, ownLabel, person, progress, setPerson, told, whyHere } from './labels/state.ts'
import { address, isWide, reader } from './state.ts'

const words: readonly { word: LabelWord; sign: string; keys: readonly string[] }[] = [
  { word: 'good', sign: '✓', keys: ['a', '1'] },
  { word: 'bad', sign: '✗', keys: ['x', '2'] },
  { word: 'unsure', sign: '?', keys: [' ', '3'] },
]

export const labelKeys: readonly Key[] = [
  ...words.map(({ word, keys }) => ({
    keys,
    does: `${word}, and on to the next row`,
    run: () => spoken(word),
  })),
  { keys: ['r'], does: 'reasons', run: () => focusOn('.labels [name=reason]') },
  { keys: ['n'], does: 'note', run: () => focusOn('#note') },
  { keys: ['u', 'Backspace'], does: 'take the last label back', run: () => void undo() },
  { keys: ['q'], does: 'label what helps most, or the list again', run: switchQueue },
]

listenToDrawing()

const switchDrawing = () => {
  isDrawing.value = !isDrawing.value
}

/** Also where it is folded away. */
function focusOn(selector: string): void {
  const found = document.querySelector<HTMLElement>(selector)
  const folded = found?.closest('details')
  if (folded) folded.open = true
  found?.focus()
}

/** Whose word it is has to be known first. */
function spoken(word: LabelWord): void {
  if (address.value.key === null || !canLabel.value) return
  if (person.value !== '') return void say(word)
  told.value = 'say first who you are'
  focusOn('#person')
}

function switchQueue(): void {
  if (!canLabel.value) return
  byQueue.value = !byQueue.value
  if (byQueue.value) goOn()
}

/** What a person says of the open row. */
export function LabelBar() {
  const { key } = address.value
  if (key === null || !reader.value) return null
  if (!canLabel.value)
    return html`<section class="labels" aria-label="Label"><p>This folder has no manifest.json, so no label could say
      what it is of.</p></section>`
  const own = ownLabel(key)
  const why = whyHere.value
  return html`<section class="labels" aria-label="Label">
    <div class="words">${words.map(
      ({ word, sign, keys }) => html`<button type="button" class=${word} aria-pressed=${own?.label === word}
        aria-keyshortcuts=${keys.map(each => (each === ' ' ? 'Space' : each)).join(' ')}
        onClick=${() => spoken(word)}>${sign} ${word}</button>`,
    )}
      <button type="button" aria-keyshortcuts="u Backspace" onClick=${() => void undo()}>Undo</button>
      <label><input type="checkbox" checked=${byQueue.value} aria-keyshortcuts="q" onChange=${switchQueue} /> what helps most first</label>
      <span class="progress">${progress.value.done.toLocaleString('en')} of ${progress.value.of.toLocaleString('en')} labelled</span>
    </div>
    ${why && html`<p class="why" dir="auto">${visible(why.detail)}</p>`}
    <details open=${isWide}><summary>Reasons, note and name</summary><${Reasons} /><${Details} /></details>
    <p class="told" role="status" aria-live="polite">${visible(told.value)}</p>
  </section>`
}

function Reasons() {
  const { reasons } = draft.value
  const toggle = (reason: string) =>
    changeDraft({
      reasons: reasons.includes(reason) ? reasons.filter(each => each !== reason) : [...reasons, reason],
    })
  return html`<fieldset class="reasons"><legend>Reasons</legend>
    ${[...new Set([...rubric.value, ...reasons])].map(
      reason => html`<label key=${reason}><input type="checkbox" name="reason" checked=${reasons.includes(reason)}
        onChange=${() => toggle(reason)} /> ${visible(reason)}</label>`,
    )}
  </fieldset>`
}

const written = ({ target }: Event) => (target as HTMLInputElement | HTMLTextAreaElement).value

/** Escape leaves a field, so that keys are keys again. */
const leave = (event: KeyboardEvent) => {
  if (event.key === 'Escape') (event.target as HTMLElement).blur()
}

function Details() {
  const { note, turn, box } = draft.value
  const isServed = reader.value?.folder.takesLabels
  return html`<div class="details" onKeyDown=${leave}>
    <label class="field note">Note<textarea id="note" rows="1" maxlength="2000" value=${note} aria-keyshortcuts="n"
      onInput=${(event: Event) => changeDraft({ note: written(event) })} /></label>
    <label class="field">Turn<input size="3" inputmode="numeric" value=${turn} placeholder="all"
      onInput=${(event: Event) => changeDraft({ turn: written(event) })} /></label>
    <label class="field">Box<input size="16" value=${box} placeholder="picture x y x y"
      title="picture, left, top, right, bottom" onInput=${(event: Event) => changeDraft({ box: written(event) })} /></label>
    <button type="button" aria-pressed=${isDrawing.value} onClick=${switchDrawing}>Draw the box</button>
    <label class="field">Your name<input id="person" size="10" maxlength="100" value=${person.value}
      onChange=${(event: Event) => setPerson(written(event))} /></label>
    ${!isServed && html`<button type="button" onClick=${() => void save()}>Save ${waiting.value} labels</button>`}
  </div>`
}
