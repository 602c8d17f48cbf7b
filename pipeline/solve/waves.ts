import { Waiting } from '../errors.ts'
import type { Planned } from '../plan.ts'
import type { Run } from '../run.ts'
import type { Came } from '../stage.ts'

type Work = (item: Planned, run: Run) => Promise<Came>

/**
 * Do `work` on every item that `over` goes through. An item that waits for a batch is left, and taken up in a later
 * wave when its reply is there. The waves end when nothing waits. Items that do not wait are worked on once.
 */
export async function inWaves(
  { batches, listen, deadline }: Run,
  over: (step: Work) => Promise<void>,
  work: Work,
): Promise<void> {
  const { book } = batches
  let waiting = 0

  async function attempt(item: Planned, run: Run): Promise<Came> {
    try {
      return await work(item, run)
    } catch (error) {
      if (!(error instanceof Waiting)) throw error
      await book.wait(item.key, error.id)
      waiting++
      return 'later'
    }
  }

  const wave = (first: boolean) =>
    over(async (item, run) => {
      const id = await book.waitsFor(item.key)
      if (id === undefined) return first ? attempt(item, run) : 'later'
      if (await book.holds(id)) {
        waiting++
        return 'later'
      }
      await book.resumed(item.key)
      return attempt(item, run)
    })

  await batches.look()
  await wave(true)
  while (waiting > 0) {
    deadline?.check()
    listen({ kind: 'waiting', rollouts: waiting })
    await batches.next()
    waiting = 0
    await wave(false)
  }
}
