/** Bad input, found before anything is spent. Each line names what, where and what to do. */
export class InputError extends Error {
  override name = 'InputError'
  readonly lines: string[]
  constructor(lines: string[], options?: ErrorOptions) {
    super(lines.join('\n'), options)
    this.lines = lines
  }
}
