import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '../../pipeline/errors.ts'

/** Options of commands that are run by a schedule, as they were given. */
export interface GivenTimes {
  slot?: string
  wait?: string | true
  deadline?: string
  maxCost?: string
  /** A file. */
  metrics?: string
}

/** The same as they are meant, in milliseconds. Nobody waits longer for another process than until a deadline. */
export function readTimes({ slot, wait, deadline, maxCost, metrics }: GivenTimes, now = Date.now()) {
  const deadlineMs = deadline === undefined ? undefined : deadlineOf(deadline, now)
  if (metrics !== undefined && !mayLieThere(metrics))
    throw new ConfigError(`--metrics ${metrics}: there is no folder ${dirname(metrics)}; make it`)
  return {
    slot: slot === undefined ? undefined : slotOf(slot),
    wait: wait === undefined ? undefined : Math.min(waitOf(wait), deadlineMs ?? Number.POSITIVE_INFINITY),
    deadlineMs,
    maxCostUsd: maxCost === undefined ? undefined : usdOf(maxCost),
  }
}

/** Whether the folder of a file is there. */
export const mayLieThere = (file: string): boolean =>
  statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() ?? false

function slotOf(text: string): string {
  if (/^(?!\.+$)[\w.:+-]{1,64}$/.test(text)) return text
  throw new ConfigError(
    `--slot: ${JSON.stringify(text)} is no name of a time; give one such as 2026-11-30: letters, digits and - _ . : +, 64 at most`,
  )
}

function waitOf(text: string | true): number {
  if (text === true) return Number.POSITIVE_INFINITY
  const ms = durationOf(text)
  if (ms !== undefined) return ms
  throw new ConfigError(
    `--wait: ${JSON.stringify(text)} is no duration; give ${durations}, or none to wait as long as it takes`,
  )
}

function deadlineOf(text: string, now: number): number {
  const ms = durationOf(text) ?? timeOf(text) - now
  if (!Number.isNaN(ms)) return ms
  throw new ConfigError(
    `--deadline: ${JSON.stringify(text)} is neither a duration nor a time; give ${durations}, or one such as 2026-11-30T06:00:00Z`,
  )
}

function usdOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new ConfigError(`--max-cost: ${JSON.stringify(text)} is no amount of USD; give one such as 5 or 0.50`)
}

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const durations = 'one such as 90s, 15m, 2h, 1h30m or 1d'

/** Milliseconds; undefined for what is no duration. */
function durationOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[smhd])+$/.test(text)) return undefined
  return [...text.matchAll(/([\d.]+)([smhd])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  )
}

/** A day alone would be another moment in each time zone, so there has to be an hour; NaN for what is no time. */
const timeOf = (text: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
