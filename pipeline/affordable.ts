import { eachConcurrent } from './concurrent.ts'
import { BudgetError } from './errors.ts'

/**
 * As `eachConcurrent`, as far as the money lasts: an item that is refused money ends alone, those under way go on, and
 * no more are begun. Then it throws BudgetError.
 */
export async function eachAffordable<T>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let refused: BudgetError | undefined
  async function* affordable() {
    for await (const item of items) {
      if (refused) return
      yield item
    }
  }
  const workOrStop = (item: T, signal: AbortSignal) =>
    work(item, signal).catch(error => {
      if (!(error instanceof BudgetError)) throw error
      refused ??= error
    })
  await eachConcurrent(affordable(), limit, workOrStop, signal)
  if (refused) throw refused
}
