import { holdsAll, parted } from './brackets.ts'
import { bare, keyOf } from './plain.ts'

/**
 * The items of a list in no order: parted by semicolons, by lines, or else by commas and `and`, with or without
 * brackets around them all. A comma within digits (`1,000`) or brackets parts nothing. Empty where an item is.
 */
export function itemsOf(text: string): string[] {
  const lines = text.trim().split(/\s*\n\s*/)
  const marked =
    lines.length > 1 ? lines.map(line => line.replace(/^(?:[-*•]|\d{1,2}[.)]) +/, '')) : [inside(text)]
  const items = marked.length > 1 ? marked.map(line => line.replace(/[,;.]$/, '')) : inLine(marked[0] ?? '')
  const trimmed = items.map(item => item.trim())
  return trimmed.every(item => keyOf(item) !== '') ? trimmed : []
}

function inside(text: string): string {
  const whole = bare(text).replace(/^\\\{(.*)\\\}$/, '{$1}')
  return /^[[({]/.test(whole) && /[\])}]$/.test(whole) && holdsAll(whole) ? whole.slice(1, -1) : whole
}

const separators = {
  semicolon: /^\s*;\s*(?:and )?/i,
  comma: /^(?:\s*,(?!\d{3}(?!\d))\s*(?:and )?|\s+and\s+|\s*&\s*)/i,
}

const inLine = (text: string): string[] =>
  parted(text, text.includes(';') ? separators.semicolon : separators.comma).parts
