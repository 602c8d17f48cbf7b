import { hashOf } from '../schemas/hash.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { Store } from '../store/store.ts'
import type { Consult, Service } from '../tools/service.ts'

/** What a service said, and when. */
export interface Said {
  service: string
  query: JsonObject
  /** ISO 8601. */
  at: string
  answer: unknown
}

/** How the tools of a run ask services, until a signal. */
export type Services = (signal: AbortSignal) => Consult

/** Ask each thing once. What was said is durable before it is shown; who asks the same meanwhile shares the call. */
export function services(store: Store): Services {
  const inFlight = new Map<string, Promise<Said>>()

  async function ask(key: string, service: Service, query: JsonObject, call: () => Promise<unknown>) {
    const known = await store.get<Said>('searches', key)
    if (known) return known
    const answer = await call()
    return store.put<Said>('searches', key, {
      service: service.name,
      query,
      at: new Date().toISOString(),
      answer,
    })
  }

  return signal => async (service, query, call) => {
    const key = searchKey(service, query)
    const running = inFlight.get(key) ?? ask(key, service, query, () => call(signal))
    inFlight.set(key, running)
    const said = await running.finally(() => inFlight.delete(key))
    return said.answer as never
  }
}

/** Where an answer is stored: searches of one service stand together. */
export const searchKey = ({ name, options }: Pick<Service, 'name' | 'options'>, query: JsonObject) =>
  `${name}/${hashOf({ options, query })}`
