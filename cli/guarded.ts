import { setTimeout } from 'node:timers/promises'
import { errorLine, type Failing, saysJson } from './lines/json-line.ts'

/** Milliseconds that a signal may arrive after what it did to a child. */
const straggling = 100

/** A child that a signal ended may be heard of before the signal; on a busy machine by some milliseconds. */
export const straggler = (signal?: AbortSignal) =>
  setTimeout(straggling, undefined, { signal }).catch(() => {})

/** Errors leave as one line and an exit status; `about` says what is known by then. */
export async function guarded(work: () => Promise<void>, about?: () => Failing): Promise<void> {
  try {
    await work()
  } catch (error) {
    await straggler()
    // Not before it is needed: it knows the errors of every room.
    const { explain } = await import('./exit.ts')
    const { text, exit } = explain(error)
    console.error(text)
    if (saysJson()) console.log(errorLine(exit, text, about?.()))
    process.exitCode = exit
  }
}
