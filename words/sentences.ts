/** The sentences of prose, without code. A colon or a line's end also ends one. */
export const sentencesOf = (text: string): string[] =>
  withoutCode(text)
    .split(/(?<=[.!?。！？:;])\s+|\n+/u)
    .map(sentence => sentence.trim())
    .filter(Boolean)

/** Code blocks and code in a line are no prose. A number is, however it is set. */
export const withoutCode = (text: string): string =>
  text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/`(-?\d[\d.,]*%?)`/g, '$1')
    .replace(/`[^`\n]*`/g, ' ')
