import type { Environment, ToolSpec } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { openAsking } from '../ask/asking.ts'
import type { Ask, Asking } from '../ask.ts'
import type { Settings } from '../config.ts'
import type { Listener } from '../progress.ts'
import { type Observe, observer, type Recorded, toolSpecs } from './observe.ts'

/** What all rollouts of a run share. */
export interface Solver extends Asking {
  config: Settings
  store: Store
  environment: Environment
  tools: ToolSpec[]
  observe: Observe
  /** What calls without state gave before, where they are not to be made again. */
  recorded?: Recorded
}

export type OpenSolver = typeof openSolver

/** `around` gets between the store and whoever counts the money: it can let a rollout wait. */
export async function openSolver(
  config: Settings,
  store: Store,
  listen: Listener,
  around?: (next: Ask) => Ask,
): Promise<Solver> {
  const { sandbox, tools } = config
  return {
    config,
    store,
    environment: await sandbox.describe(),
    tools: toolSpecs(tools),
    observe: observer(tools),
    ...(await openAsking(config, store, listen, around)),
  }
}
