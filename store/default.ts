import { sqlite } from './sqlite.ts'
import type { StoreKind } from './store.ts'

/** The store of a run whose config names none, and of a run of which only the folder is known. */
export const defaultStore: StoreKind = sqlite()
