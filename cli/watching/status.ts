import { pricesIn } from '../../pipeline/spend/kept-prices.ts'
import { storeOf } from '../../store/default.ts'
import type { Store } from '../../store/store.ts'
import { readPrices } from '../../teachers/prices.ts'
import { type ExitStatus, exits } from '../exits.ts'
import { costsOf, money } from '../numbers/costs.ts'
import { harmless } from '../show.ts'
import { type SavedStatus, savedStatus } from './status-file.ts'
import { duration, progressLine } from './words.ts'

/** What is known of a run from outside. */
export interface Status {
  run: string
  /** Whether a process works on it now. */
  working: boolean
  /** Rollouts that are planned, and that are there. */
  planned: number
  solved: number
  /** Calls so far, and USD: null where a model has no price. */
  calls: number
  usd: number | null
  /** What the last command that worked on it said of itself; null where none did. */
  last: SavedStatus | null
  /** The command to give now; null while somebody works, and where nobody knows. */
  next: string | null
}

/** Look at a run from outside. Changes nothing. */
export async function statusOf(store: Store, run: string): Promise<Status> {
  const working = await (await storeOf(run)).isHeld(run)
  const last = (await savedStatus(run)) ?? null
  const { total } = await costsOf(store, await readPrices(await pricesIn(run)), 0)
  return {
    run,
    working,
    planned: await store.count('plan'),
    solved: await store.count('trajectories'),
    calls: total.calls,
    usd: total.usd,
    last,
    next: working || !last ? null : nextAfter(last, run),
  }
}

/** These are results: to do the same again would change nothing. */
const results: readonly number[] = [0, 6]

function nextAfter({ command, cwd, ended }: SavedStatus, run: string): string {
  if (ended && results.includes(ended.exit)) return `kindling stats ${run}`
  return cwd === process.cwd() ? command : `cd ${cwd} && ${command}`
}

/** The same for a person. */
export function printStatus(status: Status, now = Date.now()): string {
  const { run, planned, solved, calls, usd, next, working } = status
  return [
    `${run}: ${situation(status, time => Math.max(0, now - Date.parse(time)))}`,
    ...lastWords(status),
    `  ${solved} of ${planned} planned rollouts are there, calls so far: ${calls} (${money(usd)})`,
    ...(working ? [] : [`  next: ${next ?? 'run its config again, which goes on from there'}`]),
  ]
    .map(harmless)
    .join('\n')
}

/** How far it is, or was where it broke off. */
function lastWords({ working, last }: Status): string[] {
  if (!last || (!working && last.ended?.exit === 0)) return []
  return [`  ${progressLine(working ? last.now : { ...last.now, underWay: 0, leftMs: null })}`]
}

/** Milliseconds without a word after which a process that works is no more taken for well. */
const quiet = 60_000

type Since = (time: string) => number

function situation({ working, last }: Status, since: Since): string {
  // What stands there is of an earlier command until this one has said its first word.
  if (working) return last && !last.ended ? atWork(last, since) : 'at work, and it has just begun'
  if (!last) return 'nobody works on it'
  const { command, at, ended } = last
  if (!ended)
    return `nobody works on it: \`${command}\` was killed, its last sign of life was ${duration(since(at))} ago`
  if (ended.exit === 0) return `\`${command}\` was done ${duration(since(ended.at))} ago`
  const why = ended.text || (exits[ended.exit as ExitStatus] ?? '')
  return `nobody works on it: \`${command}\` ended ${duration(since(ended.at))} ago with status ${ended.exit} (${why})`
}

function atWork({ command, began, at }: SavedStatus, since: Since): string {
  const silent = since(at)
  const sign =
    silent > quiet ? `, but there was no sign of life for ${duration(silent)}: it may be halted` : ''
  return `\`${command}\` has been at work for ${duration(since(began))}${sign}`
}
