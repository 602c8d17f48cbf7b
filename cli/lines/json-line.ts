// Imports nothing, so that what fails first can be told, too.

/** Whether the command was asked for JSON: known before anything else of it is. */
export const saysJson = (): boolean => process.argv.includes('--json')

/** What is known of a command when it fails. */
export interface Failing {
  name?: string
  /** What its run had cost by then. */
  usd?: number | null
}

/** When this process began, in ISO 8601, and for how many seconds it has been at work. */
export const processTimes = () => ({
  started: new Date(performance.timeOrigin).toISOString(),
  seconds: Math.round(performance.now()) / 1000,
})

/** One JSON line. Sums of fractions lose the rest that no amount of money has. */
export const jsonLine = (value: object): string =>
  JSON.stringify(value, (_, held) =>
    typeof held === 'number' && !Number.isInteger(held) ? Number(held.toPrecision(12)) : held,
  )

/** The last line of a command that failed. */
export const errorLine = (status: number, message: string, about: Failing = {}): string =>
  jsonLine({ kind: 'error', command: process.argv[2] ?? '', ...about, ...processTimes(), status, message })
