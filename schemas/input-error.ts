/** Longer lines are cut, in characters: whatever value is in them, people can still read the others. */
const longest = 1000

/** Bad input, found before anything is spent. Each line names what, where and what to do. */
export class InputError extends Error {
  override name = 'InputError'
  readonly lines: string[]
  constructor(given: string[], options?: ErrorOptions) {
    const lines = given.map(line => shortened(line, longest))
    super(lines.join('\n'), options)
    this.lines = lines
  }
}

/** A text as it stands in a line for people: whole, or its two ends where it is longer. */
export function shortened(text: string, longest = 100): string {
  if (text.length <= longest) return text
  return `${text.slice(0, longest * 0.6)}…${text.slice(-longest * 0.3)}`.toWellFormed()
}
