import { setTimeout as sleep } from 'node:timers/promises'
import type { LogEntry } from './segment.ts'

/** Writes that come within so many milliseconds share a segment; so do all that come while one is on its way. */
const gatherMs = 5
/** Bytes after which a segment is full. */
const fullAt = 8 << 20

/** Has entries that come close together carried out at once, one batch after the other; `after` is done after each. */
export function gathered(
  carryOut: (entries: readonly LogEntry[]) => Promise<void>,
  after: () => Promise<void>,
) {
  const waiting: { entry: LogEntry; settle: PromiseWithResolvers<void> }[] = []
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    await sleep(gatherMs)
    while (waiting.length > 0) {
      const batch = taken()
      try {
        await carryOut(batch.map(({ entry }) => entry))
        for (const { settle } of batch) settle.resolve()
        await after()
      } catch (error) {
        for (const { settle } of batch) settle.reject(error)
      }
    }
    working = undefined
  }

  /** The first of those that wait, as far as they fill a segment. */
  function taken() {
    let bytes = 0
    const rest = waiting.findIndex(({ entry }) => {
      const isFull = bytes > fullAt
      bytes += entry.kind === 'blob' ? entry.bytes.length : (entry.json?.length ?? 0)
      return isFull
    })
    return waiting.splice(0, rest === -1 ? waiting.length : rest)
  }

  return {
    /** Resolves when it has been carried out. */
    add(entry: LogEntry): Promise<void> {
      const settle = Promise.withResolvers<void>()
      waiting.push({ entry, settle })
      working ??= work()
      return settle.promise
    },
    /** Resolves when nothing is under way. */
    idle: async () => working,
  }
}
