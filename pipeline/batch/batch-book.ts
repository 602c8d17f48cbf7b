import { hashOf } from '../../schemas/hash.ts'
import type { Store } from '../../store/store.ts'
import type { Teacher } from '../../teachers/teacher.ts'

interface Intent {
  teacher: string
  ids: string[]
  /** Images sent for each. */
  images?: number[]
  /** How often everything had been asked anew. */
  generation?: number
}

/** Why a batch gave no reply to a request, and whether another may. */
export interface RequestFailure {
  message: string
  again: boolean
  /** What the server said against the request itself. */
  refused?: string
  /** Whether it answered others. */
  choosy?: boolean
}

/** A batch that is not settled. Without `ref` it is not known whether it ever arrived. */
export interface OpenBatch extends Required<Omit<Intent, 'teacher'>> {
  name: string
  ref: string | undefined
}

/** How often a request is handed in before its rollout fails. */
const tries = 3

export type BatchBook = ReturnType<typeof batchBook>

/**
 * What is known of batches, durably. A batch exists from `intend`, which comes before anything is sent, to `close`,
 * which comes after all its results are stored: each is one write, so a killed process leaves nothing in between.
 * Requests are known by their request key.
 */
export function batchBook(store: Store) {
  const get = <T>(key: string) => store.get<T>('batches', key)
  const put = <T>(key: string, value: T) => store.put<T>('batches', key, value)
  const forget = (key: string) => store.delete('batches', key)
  const failures = (id: string) => Array.fromAsync(store.scan<RequestFailure>('batches', `failure/${id}/`))

  return {
    async intend(name: string, teacher: Teacher, what: Omit<Intent, 'teacher'>): Promise<void> {
      const { ids } = what
      await put<Intent>(`intent/${name}`, { teacher: identity(teacher), ...what })
      await Promise.all(ids.map(id => forget(`request/${id}`)))
      await Promise.all(ids.map(id => put(`request/${id}`, name)))
    },
    sent: (name: string, ref: string) => put(`ref/${name}`, ref),
    async close(name: string, ids: readonly string[]): Promise<void> {
      await forget(`intent/${name}`)
      await Promise.all([...ids.map(id => forget(`request/${id}`)), forget(`ref/${name}`)])
    },
    async *open(teacher: Teacher): AsyncGenerator<OpenBatch> {
      for await (const { key, value } of store.scan<Intent>('batches', 'intent/')) {
        if (value.teacher !== identity(teacher)) continue
        const name = key.slice('intent/'.length)
        const { ids, images = [], generation = 0 } = value
        yield { name, ids, images, generation, ref: await get<string>(`ref/${name}`) }
      }
    },
    /** Whether a request is in a batch that is not settled. */
    async holds(id: string): Promise<boolean> {
      const name = await get<string>(`request/${id}`)
      return name !== undefined && (await get(`intent/${name}`)) !== undefined
    },
    /** It arrived though handing it in seemed to fail. */
    async arrived(name: string, ids: readonly string[], ref: string): Promise<void> {
      await Promise.all([put(`ref/${name}`, ref), ...ids.map(id => forget(`failure/${id}/${name}`))])
    },
    async failAll(name: string, ids: readonly string[], message: string): Promise<void> {
      await Promise.all(ids.map(id => put(`failure/${id}/${name}`, { message, again: true })))
    },
    fail: (name: string, id: string, failure: RequestFailure) => put(`failure/${id}/${name}`, failure),
    /** Why a request is not to be handed in again, if so. It says so once: a later run may try anew. */
    async givenUp(id: string): Promise<RequestFailure | undefined> {
      const found = await failures(id)
      const last = found.find(({ value }) => !value.again) ?? found.at(-1)
      if (!last || (last.value.again && found.length < tries)) return undefined
      await Promise.all(found.map(({ key }) => forget(key)))
      return last.value
    },
    /** Note that a rollout waits for the reply to a request. */
    wait: (rollout: string, id: string) => put(`rollout/${rollout}`, id),
    waitsFor: (rollout: string) => get<string>(`rollout/${rollout}`),
    resumed: (rollout: string) => forget(`rollout/${rollout}`),
  }
}

const identity = ({ name, options }: Teacher): string => hashOf({ name, options })
