import { type Batches, Waiting } from '../batch/batches.ts'
import type { Planned } from '../plan.ts'
import type { Listener } from '../progress.ts'

type Work = (item: Planned, signal: AbortSignal) => Promise<void>

/**
 * Do `work` on every item that `over` goes through. What waits for a batch is left, and taken up in a later wave when
 * its reply is there; the waves end when nothing waits. Items that do not wait are worked on once.
 */
export async function inWaves(
  batches: Batches,
  over: (step: Work) => Promise<void>,
  work: Work,
  listen: Listener,
): Promise<void> {
  const { book } = batches
  let waiting = 0

  async function attempt(item: Planned, signal: AbortSignal) {
    try {
      await work(item, signal)
    } catch (error) {
      if (!(error instanceof Waiting)) throw error
      await book.wait(item.key, error.id)
      waiting++
    }
  }

  const wave = (first: boolean) =>
    over(async (item, signal) => {
      const id = await book.waitsFor(item.key)
      if (id === undefined) return first ? attempt(item, signal) : undefined
      if (await book.holds(id)) return void waiting++
      await book.resumed(item.key)
      await attempt(item, signal)
    })

  await batches.look()
  await wave(true)
  while (waiting > 0) {
    listen({ kind: 'waiting', rollouts: waiting })
    await batches.next()
    waiting = 0
    await wave(false)
  }
}
