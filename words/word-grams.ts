/** Scripts that put no blanks between words: each character counts as one. */
const wordless = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`
const word = new RegExp(String.raw`[${wordless}]|[[\p{L}\p{M}\p{N}]--[${wordless}]]+`, 'gv')

/** The words of a text, without capitals, punctuation and the differences that Unicode calls compatible (NFKC). */
export const wordsOf = (text: string): string[] => text.normalize('NFKC').toLowerCase().match(word) ?? []

/** Every run of `length` words, joined by blanks. */
export const gramsOf = (words: readonly string[], length: number): string[] =>
  words.slice(length - 1).map((_, index) => words.slice(index, index + length).join(' '))
