import type { JsonObject } from '../../schemas/json.ts'
import type { Store } from '../../store/store.ts'
import { allColumns, pinnedHash, pinnedListing } from './pin-keys.ts'
import type { Pins } from './reach.ts'

/** Where pins are in the table `tasks`. */
const at = (key: string) => `pin/${key}`

/** Puts what one run has pinned into the store of another one, which is to find the same. */
export async function copyPins(from: Store, to: Store): Promise<void> {
  for await (const { key, value } of from.scan('tasks', at(''))) await to.put('tasks', key, value)
}

/** The commits and the files that were read elsewhere; null where none was. */
export async function readElsewhere(store: Store): Promise<JsonObject | null> {
  const files: JsonObject[] = []
  for await (const { key, value } of store.scan<string>('tasks', at(pinnedHash(''))))
    files.push({ file: key.slice(at(pinnedHash('')).length), sha256: value })
  for await (const { value } of store.scan<JsonObject>('tasks', at(allColumns))) files.push(value)
  const commits: JsonObject = {}
  for await (const { key, value } of store.scan<{ commit: string | null }>('tasks', at(pinnedListing(''))))
    if (value.commit) commits[key.slice(at(pinnedListing('')).length)] = value.commit
  return files.length > 0 ? { ...(Object.keys(commits).length > 0 && { commits }), files } : null
}

/** The pins of a run; with `newest`, none are known, and new ones take their places. */
export function openPins(store: Store, newest = false): Pins & { keep(): Promise<void> } {
  const fresh = new Map<string, unknown>()
  return {
    async get<T>(key: string) {
      if (fresh.has(key)) return fresh.get(key) as T
      return newest ? undefined : store.get<T>('tasks', at(key))
    },
    set: (key, value) => void fresh.set(key, value),
    async keep() {
      for (const [key, value] of fresh) {
        if (newest) await store.delete('tasks', at(key))
        await store.put('tasks', at(key), value)
      }
    },
  }
}

/** Pins that last as long as a look at what lies elsewhere, and are kept nowhere. */
export function passingPins(): Pins {
  const pins = new Map<string, unknown>()
  return {
    get: async <T>(key: string) => pins.get(key) as T | undefined,
    set: (key, value) => void pins.set(key, value),
  }
}
