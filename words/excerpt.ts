/** A piece of text on one line, in quotes, for a person. `length` is in characters. */
export const excerpt = (text: string, length = 80): string =>
  JSON.stringify([...text.replace(/\s+/g, ' ').trim()].slice(0, length).join(''))
