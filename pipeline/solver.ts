import type { Environment, ToolSpec } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import type { Ask } from './ask.ts'
import type { Settings } from './config.ts'
import { type Observe, observer, toolSpecs } from './observe.ts'
import { paidOnce } from './paid-once.ts'

/** What all rollouts of a run share. */
export interface Solver {
  config: Settings
  store: Store
  environment: Environment
  tools: ToolSpec[]
  observe: Observe
  ask: Ask
}

export async function openSolver(config: Settings, store: Store, ask: Ask): Promise<Solver> {
  const environment = await config.sandbox.describe()
  const { tools } = config
  return {
    config,
    store,
    environment,
    tools: toolSpecs(tools),
    observe: observer(tools),
    ask: paidOnce(store, ask),
  }
}
