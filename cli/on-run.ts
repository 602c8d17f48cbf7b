import { setImmediate } from 'node:timers/promises'
import { realClock } from '../pipeline/ask/clock.ts'
import { type Opening, openRun } from '../pipeline/jobs/open-run.ts'
import type { Run } from '../pipeline/run.ts'
import { machineFault } from '../schemas/machine-fault.ts'
import { StoreError } from '../store/errors.ts'
import { demandDescriptors } from './descriptors.ts'
import { explain } from './exit.ts'
import { guarded, straggler } from './guarded.ts'
import { cutOff, stopSignals } from './interrupts.ts'
import { loadConfig } from './load.ts'
import { display } from './watching/display.ts'
import { keepStatus } from './watching/status-file.ts'
import { openTally } from './watching/tally.ts'

export interface Format {
  json?: boolean
}

export interface WorkOptions extends Format {
  allowEmpty?: boolean | undefined
  acceptDrift?: boolean | undefined
}

export interface Opened extends WorkOptions, Pick<Opening, 'asks' | 'refresh'> {
  frozen?: boolean | undefined
  newest?: boolean | undefined
}

/** Open the run of a config for some work, which a signal stops. It is to `pause` the progress before it prints. */
export const onRun = (
  path: string,
  { json = false, frozen, allowEmpty, acceptDrift, newest, ...opening }: Opened,
  work: (run: Run, pause: () => void) => Promise<void>,
) =>
  guarded(() =>
    untilStopped(async signal => {
      demandDescriptors()
      const tally = openTally(realClock)
      using listen = display({ json, tally })
      const config = await loadConfig(path, listen)
      const allowed = { ...(allowEmpty && { allowEmpty }), ...(acceptDrift && { acceptDrift }) }
      const options = { ...(frozen && { frozen }), ...allowed, newest }
      await placed(config.folder, async () => {
        await using run = await openRun({ ...config, ...options }, { ...opening, listen, signal })
        await using status = keepStatus(run.config.folder, process.argv.slice(2), { tally, clock: realClock })
        await noted(work(run, listen.pause), status, signal)
      })
    }),
  )

/** A fault of the machine that names no place happened in the run's folder, or for the run there. */
async function placed(folder: string, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error) || !machineFault(error) || 'path' in error) throw error
    throw new StoreError(`${folder}: ${error.message}`, { cause: error })
  }
}

/** Wait for work, and put down how it ended. */
async function noted(work: Promise<void>, { end }: ReturnType<typeof keepStatus>, signal: AbortSignal) {
  try {
    await work
    end(Number(process.exitCode ?? 0), '')
  } catch (error) {
    await straggler(signal)
    const { exit, text } = explain(signal.aborted ? signal.reason : error)
    end(exit, text)
    throw error
  }
}

/**
 * Milliseconds that work has to end by itself when it is to stop, and within which signals are one: a wrapper such as
 * npm hands on what the terminal has sent already.
 */
const grace = { toEnd: 800, together: 100 }

/**
 * Do work until it is done, or a signal stops it: then it rejects with AbortError, whatever the work made of that. A
 * second signal cuts the work off.
 */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let first: number | undefined
  let cut: NodeJS.Timeout | undefined
  // Any number of signals may come at once, as where the event loop was busy: none of them may find nobody who listens.
  const interrupt = () => {
    first ??= performance.now()
    if (performance.now() - first > grace.together) cutOff()
    cut ??= globalThis.setTimeout(cutOff, grace.toEnd)
    stop.abort()
  }
  for (const name of stopSignals) process.on(name, interrupt).off(name, cutOff)
  try {
    return await work(stop.signal)
  } finally {
    await setImmediate()
    for (const name of stopSignals) process.on(name, cutOff).off(name, interrupt)
    clearTimeout(cut)
    stop.signal.throwIfAborted()
  }
}
