import type { Part } from '../schemas/task.ts'
import { guard } from './markers.ts'

/** Line ends of every kind that a tokenizer or a reader may take for one. */
const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
/** Unseen characters that carry text or turn it round: controls, direction marks, tags. */
const unseen = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu

/** Hostile text for a prompt: every line of it begins with `| `, so none can pass for a line of the prompt itself. */
export const quoted = (text: string): string =>
  guard({ special: true })
    .text(text)
    .split(lineEnd)
    .map(line => `| ${line.replaceAll('\t', '    ').replace(unseen, '')}`)
    .join('\n')

/** A heading of the prompt's own, with what it is about quoted below it. */
export const titled = (title: string, text?: string): Part => ({
  type: 'text',
  text: `${title}:${text === undefined ? '' : `\n${quoted(text)}`}`,
})

/** Texts quoted, pictures as they are. */
export const quotedParts = (parts: readonly Part[]): Part[] =>
  parts.map(part => (part.type === 'text' ? { type: 'text', text: quoted(part.text) } : part))
