import type { Environment, ToolSpec } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { admitted } from '../ask/admission.ts'
import type { Ask } from '../ask/ask.ts'
import { paidOnce } from '../ask/paid-once.ts'
import { admittedService } from '../ask/service-admission.ts'
import { type Services, services } from '../ask/services.ts'
import type { Settings } from '../config.ts'
import { generationOf } from '../generation.ts'
import type { Listener } from '../progress.ts'
import { openSpending, type Spending } from '../spend/spending.ts'
import { type Observe, observer, type Recorded, toolSpecs } from './observe.ts'

/** What all rollouts of a run share. */
export interface Solver {
  config: Settings
  store: Store
  environment: Environment
  tools: ToolSpec[]
  observe: Observe
  ask: Ask
  services: Services
  /** What calls without state gave before, where they are not to be made again. */
  recorded?: Recorded
  spending: Spending
}

export type OpenSolver = typeof openSolver

/** `around` gets between the store and whoever counts the money: it can let a rollout wait. */
export async function openSolver(
  config: Settings,
  store: Store,
  listen: Listener,
  around: (next: Ask) => Ask = next => next,
): Promise<Solver> {
  const warn = (message: string) => listen({ kind: 'warning', message })
  const spending = await openSpending(config, store, admitted({ limiter: config.limiter, warn }))
  const generation = await generationOf(store)
  const { limiter, frozen } = config
  const askService = admittedService({ limiter }, spending.pay)
  const environment = await config.sandbox.describe()
  const { tools } = config
  return {
    config,
    store,
    environment,
    tools: toolSpecs(tools),
    observe: observer(tools),
    services: services(store, { ask: askService, generation, frozen, warn }),
    ask: paidOnce(store, around(spending.ask), generation),
    spending,
  }
}
