import { setImmediate, setTimeout } from 'node:timers/promises'
import { realClock } from '../pipeline/ask/clock.ts'
import { type Opening, openRun } from '../pipeline/jobs/open-run.ts'
import type { Run } from '../pipeline/run.ts'
import { explain } from './exit.ts'
import { guarded } from './guarded.ts'
import { loadConfig } from './load.ts'
import { display } from './watching/display.ts'
import { keepStatus } from './watching/status-file.ts'
import { openTally } from './watching/tally.ts'

export interface Format {
  json?: boolean
}

export interface WorkOptions extends Format {
  allowEmpty?: boolean | undefined
}

export interface Opened extends WorkOptions, Pick<Opening, 'asks' | 'refresh'> {
  frozen?: boolean | undefined
}

/** Open the run of a config for some work, which a signal stops. It is to `pause` the progress before it prints. */
export const onRun = (
  path: string,
  { json = false, frozen, allowEmpty, ...opening }: Opened,
  work: (run: Run, pause: () => void) => Promise<void>,
) =>
  guarded(() =>
    untilStopped(async signal => {
      const tally = openTally(realClock)
      const listen = display({ json, tally })
      try {
        const config = await loadConfig(path, listen)
        const options = { ...(frozen && { frozen }), ...(allowEmpty && { allowEmpty }) }
        await using run = await openRun({ ...config, ...options }, { ...opening, listen, signal })
        await using status = keepStatus(run.config.folder, process.argv.slice(2), { tally, clock: realClock })
        await work(run, listen.pause).catch(error => {
          const { text, exit } = explain(signal.aborted ? signal.reason : error)
          status.end(exit, text)
          throw error
        })
        status.end(Number(process.exitCode ?? 0), '')
      } finally {
        listen.end()
      }
    }),
  )

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Milliseconds that work has to end by itself when it is to stop. All that counts is durable, so it may then be cut
 * off.
 */
const grace = 800
/** Milliseconds that a signal may arrive after what it did to a child. */
const straggling = 100

/** Do work until it is done, or a signal stops it: then it rejects with AbortError, whatever the work made of that. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let cut: NodeJS.Timeout | undefined
  // Any number of signals may come at once, as where the event loop was busy: none of them may find nobody who listens.
  const interrupt = () => {
    cut ??= globalThis.setTimeout(cutOff, grace)
    stop.abort()
  }
  for (const name of signals) process.on(name, interrupt)
  try {
    return await work(stop.signal)
  } catch (error) {
    // A child that the same signal ended may be heard of first; on a busy machine by some milliseconds.
    await setTimeout(straggling, undefined, { signal: stop.signal }).catch(() => {})
    throw error
  } finally {
    await setImmediate()
    for (const name of signals) process.off(name, interrupt)
    clearTimeout(cut)
    stop.signal.throwIfAborted()
  }
}

function cutOff() {
  const { text, exit } = explain(AbortSignal.abort().reason)
  console.error(text)
  process.exit(exit)
}
