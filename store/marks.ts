import type { Store, Table } from './store.ts'

/** What was found when these tables held so many rows. */
interface Mark<T> {
  counts: number[]
  found: T
}

/**
 * What a long look at the store found, remembered for as long as it holds. Rows are put once and never changed, so it
 * holds while the tables that were looked at have as many rows.
 */
export interface Marks<T> {
  get(name: string): Promise<T | undefined>
  set(name: string, found: T): Promise<void>
}

export function marks<T>(store: Store, kind: string, tables: readonly Table[]): Marks<T> {
  const keyOf = (name: string) => `${kind}/${name}`
  const counted = () => Promise.all(tables.map(store.count))
  return {
    async get(name) {
      const mark = await store.get<Mark<T>>('marks', keyOf(name))
      return mark && String(mark.counts) === String(await counted()) ? mark.found : undefined
    },
    async set(name, found) {
      await store.delete('marks', keyOf(name))
      await store.put<Mark<T>>('marks', keyOf(name), { counts: await counted(), found })
    },
  }
}
