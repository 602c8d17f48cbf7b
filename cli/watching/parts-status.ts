import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { besideRun, partNames } from '../../pipeline/run-part.ts'
import { isRun, storeOf } from '../../store/default.ts'
import { money } from '../numbers/costs.ts'
import { harmless } from '../show.ts'
import { printStatus, type Status, statusOf } from './status.ts'

/** What is known of the parts of a run from outside, as far as they lie beside its folder. */
export interface PartsStatus {
  run: string
  /** Whether a process works on any of them. */
  working: boolean
  of: number
  /** The numbers of those that were not begun, or do not lie here. */
  missing: number[]
  planned: number
  solved: number
  calls: number
  usd: number | null
  parts: Status[]
}

/** The folders of the parts of the run in a folder that were begun here. */
export async function begunParts(folder: string): Promise<string[]> {
  const beside = partNames(folder, await readdir(dirname(folder)).catch(() => []))
  const paths = beside.map(name => besideRun(folder, name))
  const begun = await Promise.all(paths.map(isRun))
  return paths.filter((_, index) => begun[index])
}

/** Look at parts, one after the other. Changes nothing. */
export async function partsStatusOf(run: string, folders: readonly string[]): Promise<PartsStatus> {
  const parts: Status[] = []
  for (const folder of folders) {
    await using store = await (await storeOf(folder)).read(folder)
    parts.push(await statusOf(store, folder))
  }
  const sum = (of: (status: Status) => number) => parts.reduce((total, each) => total + of(each), 0)
  const numbers = folders.map(numbersOf)
  const of = Math.max(...numbers.map(([, of]) => of))
  const there = new Set(numbers.map(([index]) => index))
  return {
    run,
    working: parts.some(({ working }) => working),
    of,
    missing: Array.from({ length: of }, (_, at) => at + 1).filter(index => !there.has(index)),
    planned: sum(({ planned }) => planned),
    solved: sum(({ solved }) => solved),
    calls: sum(({ calls }) => calls),
    usd: parts.some(({ usd }) => usd === null) ? null : sum(({ usd }) => usd ?? 0),
    parts,
  }
}

const numbersOf = (folder: string): [index: number, of: number] => {
  const [, index = 0, of = 0] = (/part-(\d+)-of-(\d+)$/.exec(folder) ?? []).map(Number)
  return [index, of]
}

const isDone = ({ working, last }: Status) => !working && last?.ended?.exit === 0

/** The same for a person: the sum, and each part that is not done. */
export function printParts(status: PartsStatus, now = Date.now()): string {
  const { run, of, missing, parts, planned, solved, calls, usd } = status
  const open = parts.filter(part => !isDone(part))
  const count = (is: (part: Status) => boolean) => parts.filter(is).length
  return [
    harmless(
      `${run}: ${of} parts, ${count(isDone)} are done, ${count(({ working }) => working)} are being worked on, ${missing.length} are not begun here`,
    ),
    `  ${solved} of ${planned} planned rollouts are there, calls so far: ${calls} (${money(usd)})`,
    ...open.map(part => printStatus(part, now)),
    ...(open.length + missing.length > 0 ? [] : ['  next: kindling merge <config>']),
  ].join('\n')
}
