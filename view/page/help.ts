import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'
import type { Key } from './keys.ts'

/** What the browser remembers it by. */
const name = 'kindling-letters'

const isOpen = signal(false)

/** Whether single letters do something; the browser remembers it. */
export const lettersAreOn = signal(remembered() !== 'off')

/** A page that was opened from a file may have nothing to remember with. */
function remembered(): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

function switchLetters(): void {
  lettersAreOn.value = !lettersAreOn.value
  try {
    localStorage.setItem(name, lettersAreOn.value ? 'on' : 'off')
  } catch {
    // It holds until the page is closed.
  }
}

export const openHelp = () => {
  isOpen.value = true
}

export const helpKeys: readonly Key[] = [{ keys: ['?'], does: 'all keys', run: openHelp }]

/** Every key and what it does. */
export function Help({ keys }: { keys: readonly Key[] }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen.value) dialog.current?.showModal()
  }, [isOpen.value])
  if (!isOpen.value) return null
  const close = () => {
    isOpen.value = false
  }
  return html`<dialog class="help" ref=${dialog} onClose=${close} aria-label="Keys">
    <dl>${keys.map(({ keys, does }) => html`<dt>${keys.map(key => html`<kbd>${shown[key] ?? key}</kbd> `)}</dt><dd>${does}</dd>`)}</dl>
    <label><input type="checkbox" checked=${lettersAreOn.value} onChange=${switchLetters} /> Letters and signs are keys</label>
    <form method="dialog"><button>Close</button></form>
  </dialog>`
}

const shown: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', ' ': 'Space' }
