import type { Store } from '../../store/store.ts'
import type { Ask, Asking } from '../ask.ts'
import type { Settings } from '../config.ts'
import { generationOf } from '../generation.ts'
import type { Listener } from '../progress.ts'
import { openSpending } from '../spend/spending.ts'
import { askServices } from './ask-service.ts'
import { teacherAdapter } from './ask-teacher.ts'
import { asker } from './asker.ts'

/**
 * Everything that a run asks by. It is to be opened after a refresh was begun, because that is part of where answers are
 * kept. `around` gets between the store and whoever counts the money: it can let a rollout wait. Throws as `pricesOf`.
 */
export async function openAsking(
  config: Settings,
  store: Store,
  listen: Listener,
  around?: (next: Ask) => Ask,
): Promise<Asking> {
  const { limiter, frozen } = config
  const { pay, prices, ...spending } = await openSpending(config, store)
  const generation = await generationOf(store)
  const means = { pay, limiter, warn: (message: string) => listen({ kind: 'warning', message }) }
  return {
    ask: asker(teacherAdapter(prices, generation), store, means, around),
    services: askServices(store, means, { generation, frozen }),
    spending,
  }
}
