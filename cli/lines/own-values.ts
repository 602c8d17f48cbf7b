// Imports nothing: it is needed before it is known which command runs.

/** Options whose value may be left out. */
const mayStandAlone = ['--wait']

/** A folder is named, or what a config may be called. No duration looks so. */
const looksLikeAPath = (text: string | undefined): boolean =>
  text !== undefined && /[\\/]|\.[cm]?[jt]sx?$/.test(text) && !text.startsWith('-')

/**
 * Arguments in an order in which no option takes the path behind it for its value: `run --wait a.config.ts` is
 * `run a.config.ts --wait`.
 */
export function withOwnValues(given: readonly string[]): string[] {
  const [first, second, ...rest] = given
  if (first === undefined) return []
  if (second === undefined || !mayStandAlone.includes(first) || !looksLikeAPath(second))
    return [first, ...withOwnValues(given.slice(1))]
  return [second, ...withOwnValues([first, ...rest])]
}

/** Options that take every argument up to the next option, and so a config behind them. */
const takeAll = ['--remeasure', '--task', '--also']

/** What helps where the argument of a command is missing; empty where it is not such an option that took it. */
export function cureForMissing(given: readonly string[]): string {
  const taking = takeAll.find(option => given.includes(option))
  return taking === undefined ? '' : `; ${taking} takes all that stands behind it, so write it last`
}
