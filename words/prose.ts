/** A piece of text on one line, for a person. */
export const quoted = (text: string, length = 80): string =>
  JSON.stringify([...text.replace(/\s+/g, ' ').trim()].slice(0, length).join(''))

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

/** Words to compare by: lower case, without accents and a plural's s. */
export const wordsIn = (text: string): string[] =>
  (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map(word => (word.length > 3 ? word.replace(/s$/, '') : word))

/** JSON text to read words and numbers in: an escaped line's end is no letter before what follows it. */
export const unescaped = (text: string): string => text.replace(/\\[nrt]/g, ' ').replaceAll('\\"', '"')
