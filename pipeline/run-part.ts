import { basename, dirname, join } from 'node:path'
import { sha256 } from '../schemas/hash.ts'

/** One part of a run that processes share among them: the `index`-th, from 1, `of` so many. */
export interface RunPart {
  index: number
  of: number
}

/** Digits of a hash that a double holds exactly. */
const digits = 12

/**
 * The part that a task belongs to, from 1. It depends on the task's id alone, so that whatever other tasks there are
 * moves none.
 */
export const partOfTask = (id: string, of: number): number =>
  (Number.parseInt(sha256(id.normalize()).slice(0, digits), 16) % of) + 1

/** Whether a task belongs to a part; every task belongs to a run that has none. */
export const belongsTo =
  (part: RunPart | undefined) =>
  (id: string): boolean =>
    part === undefined || partOfTask(id, part.of) === part.index

/** The folder of a part, beside that of its run. */
export const partFolder = (folder: string, { index, of }: RunPart): string =>
  `${folder}.part-${String(index).padStart(String(of).length, '0')}-of-${of}`

/** The names of the parts of the run in a folder, in order, out of those that lie beside it. */
export const partNames = (folder: string, beside: readonly string[]): string[] => {
  const begin = `${basename(folder)}.part-`
  return beside.filter(name => name.startsWith(begin) && /^\d+-of-\d+$/.test(name.slice(begin.length))).sort()
}

/** The same as folders. */
export const besideRun = (folder: string, name: string): string => join(dirname(folder), name)

export const partName = ({ index, of }: RunPart): string => `part ${index} of ${of}`

/**
 * What a part may spend of an amount in USD. Rounded down to a billionth, so that all parts together never exceed it.
 */
export const partShare = (usd: number, part: RunPart | undefined): number =>
  part === undefined ? usd : Math.floor((usd / part.of) * 1e9) / 1e9
