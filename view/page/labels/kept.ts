import type { Label } from '../../../labels/label.ts'

/** What the browser keeps of labels, so that a closed tab loses none: those that nobody has written yet, and drafts. */
export interface Kept {
  /** Labels that are not written yet, oldest first. */
  unwritten(): Promise<{ id: IDBValidKey; label: Label }[]>
  keep(label: Label): Promise<IDBValidKey>
  written(id: IDBValidKey): Promise<void>
  draft(place: string): Promise<unknown>
  /** Undefined removes it. */
  keepDraft(place: string, draft: object | undefined): Promise<void>
}

const [unwritten, drafts] = ['unwritten', 'drafts'] as const

/** Where the browser keeps nothing, as in a private window, it holds until the tab is closed. */
export const keptInBrowser = (): Promise<Kept> => openDatabase().then(keptIn, () => keptInMemory())

function openDatabase(): Promise<IDBDatabase> {
  const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>()
  const opening = indexedDB.open('kindling-labels', 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(unwritten, { autoIncrement: true })
    opening.result.createObjectStore(drafts)
  }
  opening.onsuccess = () => resolve(opening.result)
  opening.onerror = () => reject(opening.error)
  return promise
}

function keptIn(database: IDBDatabase): Kept {
  const doing = <T>(
    name: string,
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const transaction = database.transaction(name, mode, { durability: 'strict' })
    const request = work(transaction.objectStore(name))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => reject(transaction.error)
    return promise
  }
  return {
    async unwritten() {
      const ids = await doing(unwritten, 'readonly', store => store.getAllKeys())
      const labels: Label[] = await doing(unwritten, 'readonly', store => store.getAll())
      return labels.flatMap((label, at) => (ids[at] === undefined ? [] : [{ id: ids[at], label }]))
    },
    keep: label => doing(unwritten, 'readwrite', store => store.add(label)),
    written: id => doing(unwritten, 'readwrite', store => store.delete(id)),
    draft: place => doing(drafts, 'readonly', store => store.get(place)),
    async keepDraft(place, draft) {
      if (draft) await doing(drafts, 'readwrite', store => store.put(draft, place))
      else await doing(drafts, 'readwrite', store => store.delete(place))
    },
  }
}

function keptInMemory(): Kept {
  const labels = new Map<IDBValidKey, Label>()
  const held = new Map<string, object>()
  let last = 0
  return {
    unwritten: async () => [...labels].map(([id, label]) => ({ id, label })),
    async keep(label) {
      labels.set(++last, label)
      return last
    },
    written: async id => void labels.delete(id),
    draft: async place => held.get(place),
    async keepDraft(place, draft) {
      if (draft) held.set(place, draft)
      else held.delete(place)
    },
  }
}
