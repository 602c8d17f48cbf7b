import type { Store } from '../../store/store.ts'
import type { Ask, Asking } from '../ask.ts'
import type { Settings } from '../config.ts'
import type { Deadline } from '../deadline.ts'
import type { Listener } from '../progress.ts'
import type { Pay } from '../spend/payment.ts'
import type { SharedSpending } from '../spend/shared-purse.ts'
import { openSpending } from '../spend/spending.ts'
import { askServices } from './ask-service.ts'
import { teacherAdapter } from './ask-teacher.ts'
import { asker, type Means } from './asker.ts'

interface Options extends Pick<Means, 'limiter' | 'clock'> {
  listen: Listener
  /** How often everything was asked anew, which is part of where answers are kept. */
  generation: number
  /** Gets between the store and whoever counts the money: it can let a rollout wait. */
  around?: (next: Ask) => Ask
  /** After it no call is made. */
  deadline?: Deadline | undefined
  /** The purse that the processes of a run share, where there are several. */
  shared?: SharedSpending | undefined
}

/** Everything that a run asks by. Throws as `pricesOf`. */
export async function openAsking(
  config: Settings,
  store: Store,
  { listen, generation, around, deadline, shared, ...given }: Options,
): Promise<Asking> {
  const { frozen } = config
  const { pay: paid, prices, ...spending } = await openSpending(config, store, shared)
  const pay: Pay = async (...call) => {
    deadline?.check()
    return paid(...call)
  }
  const warn = (message: string) => listen({ kind: 'warning', message })
  const fresh = (await store.count('replies')) === 0
  const means = { ...given, pay, listen, warn, fresh }
  return {
    ask: asker(teacherAdapter(prices, generation), store, means, around),
    services: askServices(store, means, { generation, frozen }),
    spending,
  }
}
