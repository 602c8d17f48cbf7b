import { bare, keyOf, tidy } from './plain.ts'

/**
 * The items of a list in no order: parted by semicolons, by lines, or else by commas and `and`, with or without
 * brackets around them all. A comma within digits (`1,000`) parts nothing. Empty where an item is.
 */
export function itemsOf(text: string): string[] {
  const lines = text.trim().split(/\s*\n\s*/)
  const marked =
    lines.length > 1 ? lines.map(line => line.replace(/^(?:[-*•]|\d{1,2}[.)]) +/, '')) : [inside(text)]
  const items = marked.length > 1 ? marked.map(line => line.replace(/[,;.]$/, '')) : parted(marked[0] ?? '')
  const trimmed = items.map(item => item.trim())
  return trimmed.every(item => keyOf(item) !== '') ? trimmed : []
}

function inside(text: string): string {
  const whole = bare(text).replace(/\.$/, '')
  const inner = /^(?:\\?\{(.*?)\\?\}|\[(.*)\]|\((.*)\))$/.exec(whole)
  return tidy(inner?.[1] ?? inner?.[2] ?? inner?.[3] ?? whole)
}

const parted = (text: string): string[] =>
  text.split(text.includes(';') ? /\s*;\s*(?:and )?/i : /\s*,(?!\d{3}(?!\d))\s*(?:and )?|\s+and\s+|\s*&\s*/i)
