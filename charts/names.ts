import { visible } from '../words/visible.ts'

/** A name as one line, every character of which can be seen; of a long one the beginning. */
export function shownName(text: string, most = Number.POSITIVE_INFINITY): string {
  const letters = [...visible(text.replace(/\s+/g, ' '))]
  return letters.length > most
    ? `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
    : letters.join('')
}
