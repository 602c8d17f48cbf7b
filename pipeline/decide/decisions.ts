import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Note } from '../../filters/selector.ts'
import type { Decision, ExportRow } from '../../output/export.ts'
import type { Inputs } from '../../output/run-about.ts'
import { sha256 } from '../../schemas/hash.ts'
import { isObject } from '../../schemas/json.ts'
import { linesOf } from '../../schemas/lines.ts'
import { type Origin, type Provenance, placedAt, type Source } from '../../schemas/task.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { DamagedError } from '../../store/errors.ts'
import type { Store } from '../../store/store.ts'
import type { RolloutName } from '../compare/alignment.ts'
import { ConfigError } from '../errors.ts'
import { decisionIn, type KeptDecision } from '../older-drops.ts'

/** What intake and the selectors had to say, by their names. */
export type Notes = ({ by: string } & Note)[]

/** A decision about one rollout and the facts it rests on, as a line of `decisions.jsonl` holds them, in key order. */
export interface Decided {
  key: string
  decision: Decision
  facts: readonly Fact[]
  /** Where the task's row stood when it was decided. */
  origin?: Origin
  /** What was said then of its source. */
  source?: Source
  /** Absent in lines that were written before it was said there. */
  rollout?: RolloutName
  /** Which extension of the run's tasks brought the task, if not the first. */
  extension?: number
}

export const decisionsPath = (folder: string) => join(folder, 'decisions.jsonl')
export const notesPath = (folder: string) => join(folder, 'notes.json')
export const inputsPath = (folder: string) => join(folder, 'inputs.json')

/** Beside decisions stands what they, and what was noted with them, hash to, as `sha256sum` writes and checks it. */
export const sumPath = (decisions: string) => `${decisions}.sha256`
export const sumLine = (sha256: string, path: string) => `${sha256}  ${basename(path)}\n`

/** Whether a file of these decisions is what was written. What an older kindling wrote has no sum. */
async function isWritten(decisions: string, path: string, sha256: string): Promise<boolean> {
  const sums = await readFile(sumPath(decisions), 'utf8').catch(() => undefined)
  const isNamed = path === decisions || sums?.includes(`  ${basename(path)}\n`)
  return sums === undefined || !isNamed || sums.includes(sumLine(sha256, path))
}

/** The same when it was last decided. */
export const notesOf = async (folder: string): Promise<Notes> =>
  (await jsonAt<Notes>(folder, notesPath(folder))) ?? []

/** What was read when it was last decided; null where that was before it was put down. */
export const inputsOf = (folder: string) => jsonAt<Inputs>(folder, inputsPath(folder))

/** Null where there is none. */
async function jsonAt<T>(folder: string, path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (!(await isWritten(decisionsPath(folder), path, sha256(text))))
    throw new DamagedError(`${path} is not what was written there; ${curateAgain}`)
  if (text === '') return null
  try {
    return JSON.parse(text) as T | null
  } catch (cause) {
    throw new DamagedError(`${path} is no JSON; ${curateAgain}`, { cause })
  }
}

/**
 * Every decided rollout, in key order, one at a time, or those of the extensions that `isIn` takes. Throws ConfigError
 * where nothing has been decided yet, and DamagedError where the store has lost one. Those that failed are made again,
 * and are not there meanwhile.
 */
export async function* decidedRows(
  folder: string,
  store: Store,
  isIn: (extension: number) => boolean = () => true,
): AsyncGenerator<ExportRow> {
  for await (const { key, decision, facts, extension = 0, ...from } of decisionsIn(decisionsPath(folder))) {
    if (!isIn(extension)) continue
    const trajectory = await store.get<Trajectory>('trajectories', key)
    if (trajectory) yield { measured: { trajectory: placed(trajectory, from), facts }, verdict: decision }
    else if (decision.keep || !decision.undecided) throw lost(folder, key)
  }
}

/** A damaged record may be without a task. */
export const placed = (trajectory: Trajectory, from: Provenance): Trajectory =>
  isObject(trajectory.task) ? { ...trajectory, task: placedAt(from, trajectory.task) } : trajectory

const lost = (folder: string, key: string) =>
  new DamagedError(
    `${decisionsPath(folder)} names the rollout ${key}, which the store lacks; put the store back from a copy, or \`kindling curate\` the run to go on with what is there`,
  )

const curateAgain = '`kindling curate` writes it anew'

/**
 * The lines of a run's `decisions.jsonl`. Throws ConfigError where there is none, and DamagedError for a line that is
 * none, and at the end where they are not what was written.
 */
export async function* decisionsIn(path: string): AsyncGenerator<Decided> {
  await access(path).catch(() => {
    throw new ConfigError(`${dirname(path)} has no decisions yet; run it, or \`kindling curate\` it, first`)
  })
  const sum = createHash('sha256')
  let number = 0
  for await (const line of linesOf(path)) {
    number++
    sum.update(`${line}\n`)
    const decided = decidedIn(line)
    if (!decided)
      throw new DamagedError(`${path}:${number}: this is no line of a decisions.jsonl; ${curateAgain}`)
    yield decided
  }
  if (!(await isWritten(path, path, sum.digest('hex'))))
    throw new DamagedError(`${path} is not what was written there; ${curateAgain}`)
}

type Kept = Omit<Decided, 'decision'> & { decision: KeptDecision }

function decidedIn(line: string): Decided | undefined {
  try {
    const { decision, ...rest }: Partial<Kept> = JSON.parse(line)
    const { key, facts } = rest
    return key && decision && facts
      ? { ...rest, key, decision: decisionIn(decision, facts), facts }
      : undefined
  } catch {
    return undefined
  }
}
