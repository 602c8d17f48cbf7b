import { eachConcurrent } from './concurrent.ts'
import { UsedUp } from './errors.ts'

/**
 * As `eachConcurrent`, as far as money and time last: an item that is refused either ends alone, those under way go on,
 * and no more are begun. Then it throws BudgetError or DeadlineError.
 */
export async function eachAffordable<T>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let refused: UsedUp | undefined
  async function* affordable() {
    for await (const item of items) {
      if (refused) return
      yield item
    }
  }
  const workOrStop = (item: T, signal: AbortSignal) =>
    work(item, signal).catch(error => {
      if (!(error instanceof UsedUp)) throw error
      refused ??= error
    })
  await eachConcurrent(affordable(), limit, workOrStop, signal)
  if (refused) throw refused
}
