import pLimit from 'p-limit'
import type { SharedFunds } from '../../workers/shared-funds.ts'
import type { Purse, SaysUsedUp } from './purse.ts'

/** What waiting is done by; times are milliseconds. */
interface Sleeper {
  sleep(time: number, signal: AbortSignal): Promise<void>
}

/** How a process of several pays. */
export interface SharedSpending {
  funds: SharedFunds
  /** Whether the leader has set a limit; undefined for the leader itself, which sets it. */
  limited?: boolean | undefined
  clock: Sleeper
}

/** Milliseconds between looks whether what others hold was left over. */
const pace = 100

/** A purse that this process shares with others. */
export function sharedPurse(funds: SharedFunds, usedUp: SaysUsedUp, clock: Sleeper): Purse {
  // In order, so that a long conversation is not passed over for ever by shorter ones of its own process.
  const inTurn = pLimit(1)

  async function hold(usd: number, signal: AbortSignal, call: string): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const said = await funds.hold(call, usd)
      if (said.kind === 'held') return
      if (said.kind === 'refused') throw usedUp(said.spent, usd)
      await clock.sleep(pace, signal)
    }
  }

  return {
    reserve: (usd, signal, call) => inTurn(() => hold(usd, signal, call)),
    async begun(usd, signal, call) {
      while (!(await funds.isHeld(call))) await inTurn(() => hold(usd, signal, call))
    },
    settle: (_reserved, cost, call) => void funds.settle(call, cost).catch(() => {}),
    spend: cost => void funds.spend(cost).catch(() => {}),
    spent: () => funds.spent(),
  }
}
