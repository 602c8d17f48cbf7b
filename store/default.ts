import { sqlite } from './sqlite.ts'
import type { StoreKind } from './store.ts'

/** Where a run is kept whose config does not say, and where a run is looked for of which only the folder is known. */
export const defaultStore: StoreKind = sqlite()
