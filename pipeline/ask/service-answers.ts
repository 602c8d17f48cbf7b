import type { CheckContext } from '../../checks/check.ts'
import { canonicalJson, hashOf } from '../../schemas/hash.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Consulted } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Service } from '../../tools/service.ts'
import type { Asker } from '../ask.ts'

/** What a service said, and when. `answer` is whole and in its order: a result's rank is its place. */
export interface ServiceAnswer {
  service: string
  options: JsonObject
  /** As it was asked first. */
  query: JsonObject
  /** ISO 8601. */
  at: string
  answer: unknown
}

/** Look into the record of what services said, and ask nobody. */
export const recalling =
  (store: Store, generation: number): CheckContext['recall'] =>
  async (service, query) => {
    const said = await store.get<ServiceAnswer>('searches', searchKey(service, query, generation))
    return { consulted: consultedIn(service, query, said), answer: said?.answer }
  }

/**
 * Repeat what was said before everything was asked anew, the newest first; rejects with NotFrozen where nothing was.
 */
export const saidBefore =
  (store: Store, generation: number): Asker<Service, { query: JsonObject }, ServiceAnswer> =>
  async (service, { query }) => {
    for (let each = generation - 1; each >= 0; each--) {
      const known = await store.get<ServiceAnswer>('searches', searchKey(service, query, each))
      if (known) return known
    }
    throw new NotFrozen(service, query)
  }

/** The store has no answer to this, and nobody else is to be asked. */
class NotFrozen extends Error {
  override name = 'NotFrozen'
  constructor({ name }: Service, query: JsonObject) {
    super(`${name} has no stored answer to ${canonicalJson(query)}; run without --frozen to ask it`)
  }
}

/** What a trajectory keeps of a question to a service. */
export const consultedIn = (
  { name, options }: Service,
  query: JsonObject,
  said?: ServiceAnswer,
): Consulted => ({
  service: name,
  options: hashOf(options),
  query: hashOf(normal(query)),
  ...(said && { answer: hashOf(said.answer ?? null) }),
})

/** Where an answer is stored: searches of one service stand together. */
export const searchKey = (
  { name, options }: Pick<Service, 'name' | 'options'>,
  query: JsonObject,
  generation = 0,
) => `${name}/${hashOf({ options, query: normal(query) })}${generation > 0 ? `@${generation}` : ''}`

/**
 * Words to search for, which stand under `query`, as search engines read them. All else, such as an address, counts as
 * it is.
 */
const normal = (query: JsonObject): JsonObject =>
  typeof query.query === 'string' ? { ...query, query: normalWords(query.query) } : query

/** Neither the form of characters (NFKC), nor blanks, nor capitals matter, but for those of operators. */
const normalWords = (words: string): string =>
  words
    .normalize('NFKC')
    .trim()
    .split(/\s+/u)
    .map(word => (/^(AND|OR|NOT)$/.test(word) ? word : word.toLowerCase()))
    .join(' ')
