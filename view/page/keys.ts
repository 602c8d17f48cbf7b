/** A key that does something. Every such thing is also a button or a control. */
export interface Key {
  /** As `KeyboardEvent.key` names them. */
  keys: readonly string[]
  /** For people. */
  does: string
  run(): void
}

/**
 * Runs what is pressed, but nothing while somebody writes, holds another key for the browser, or looks at a dialog:
 * that has keys of its own.
 */
export function listenTo(all: readonly Key[], areOn: () => boolean): void {
  addEventListener('keydown', event => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || isWriting(event.target)) return
    if (document.querySelector('dialog[open]')) return
    const pressed = all.find(({ keys }) => keys.includes(event.key))
    if (!pressed || (event.key.length === 1 && !areOn()) || isPressing(event)) return
    event.preventDefault()
    pressed.run()
  })
}

/** Space and Enter press what has the focus, whatever else they mean. */
const isPressing = ({ key, target }: KeyboardEvent): boolean =>
  [' ', 'Enter'].includes(key) && target instanceof HTMLElement && target.matches('button, a, input, summary')

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
