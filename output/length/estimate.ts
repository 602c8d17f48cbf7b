/** Guesses the tokens of a text: a token holds three bytes or more of what is written here. */
export const estimatedTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 3)
