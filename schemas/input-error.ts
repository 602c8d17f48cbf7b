import { shortened } from './shortened.ts'

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
