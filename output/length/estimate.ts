/** What tokenizers cut a text into before they look up tokens, and how many bytes of such a piece are a token. */
const pieces = [
  { piece: '[A-Z]?[a-z]+', bytes: 6 },
  { piece: '[A-Z]+', bytes: 1.5 },
  { piece: '[0-9]| (?=[0-9])', bytes: 1 },
  { piece: '[\\n\\r]+|[ \\t]{2,}', bytes: 16 },
  { piece: '[!-/:-@\\[-`{-~]+', bytes: 2 },
  { piece: '[^\\x00-\\x7f]+', bytes: 1.5 },
] as const
const any = new RegExp(pieces.map(({ piece }) => `(${piece})`).join('|'), 'g')

/**
 * Guesses the tokens of a text, rather too many: 13 to 23 % more than Qwen's tokenizer finds in trajectories, and
 * up to four times as many in other scripts. Only of letters in no order, such as keys, there are more tokens than it
 * says.
 */
export function estimatedTokens(text: string): number {
  let tokens = 0
  for (const [, ...found] of text.matchAll(any)) {
    const kind = found.findIndex(piece => piece !== undefined)
    tokens += Math.ceil(Buffer.byteLength(found[kind] ?? '') / (pieces[kind]?.bytes ?? 1))
  }
  return tokens
}
