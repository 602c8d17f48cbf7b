import type { CheckContext } from '../../checks/check.ts'
import { canonicalJson, hashOf } from '../../schemas/hash.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Consulted } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { type Consult, type Service, ServiceError } from '../../tools/service.ts'
import { ToolError } from '../../tools/tool.ts'
import { singleFlight } from './single-flight.ts'

/** What a service said, and when. `answer` is whole and in its order: a result's rank is its place. */
export interface Said {
  service: string
  options: JsonObject
  /** As it was asked first. */
  query: JsonObject
  /** ISO 8601. */
  at: string
  answer: unknown
}

/** How the tools of a run ask services, until a signal. `note` is told of each question when it is answered or has failed. */
export type Services = (signal: AbortSignal, note?: (consulted: Consulted) => void) => Consult

/** Make one call. What stands between the record and the service (its limits, the budget) is in it. */
export type AskService = <T>(
  service: Service,
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>

const askDirectly: AskService = (_service, call, signal) => call(signal)

export interface ServicesOptions {
  ask?: AskService
  /** How often everything was asked anew: each time has answers of its own. */
  generation?: number
  /** Answer from the store only, whenever it was said. */
  frozen?: boolean | undefined
  /** Told once of each way in which a service fails. */
  warn?: (message: string) => void
}

/** Ask each thing once. What was said is durable before it is shown; who asks the same meanwhile shares the call. */
export function services(store: Store, options: ServicesOptions = {}): Services {
  const { ask = askDirectly, generation = 0, frozen = false, warn = () => {} } = options
  const once = singleFlight<Said>()
  const told = new Set<string>()

  async function said(service: Service, query: JsonObject, answer: () => Promise<unknown>) {
    const key = searchKey(service, query, generation)
    const known = await store.get<Said>('searches', key)
    if (known) return known
    const said = frozen ? await saidBefore(service, query) : await news(service, query, answer)
    return store.put<Said>('searches', key, said)
  }

  const news = async ({ name, options }: Service, query: JsonObject, answer: () => Promise<unknown>) => {
    const said = await answer()
    return { service: name, options, query, at: new Date().toISOString(), answer: said }
  }

  async function saidBefore(service: Service, query: JsonObject): Promise<Said> {
    for (let each = generation - 1; each >= 0; each--) {
      const known = await store.get<Said>('searches', searchKey(service, query, each))
      if (known) return known
    }
    throw new NotFrozen(service, query)
  }

  /** A failure is told to the teacher and not kept: whoever asks next tries again. */
  function failure(error: unknown): unknown {
    if (!(error instanceof ServiceError)) return error
    const message = oneLine(error.message)
    if (!told.has(message)) warn(`a teacher is told that a search failed: ${message}`)
    told.add(message)
    return new ToolError(`The search failed: ${message}`, { cause: error })
  }

  return (signal, note = () => {}) =>
    async (service, query, call) => {
      try {
        const work = (shared: AbortSignal) => said(service, query, () => ask(service, call, shared))
        const found = await once(searchKey(service, query, generation), work, signal)
        note(consultedIn(service, query, found))
        return found.answer as never
      } catch (error) {
        note(consultedIn(service, query))
        throw failure(error)
      }
    }
}

/** Look into the record of what services said, and ask nobody. */
export const recalling =
  (store: Store, generation: number): CheckContext['recall'] =>
  async (service, query) => {
    const said = await store.get<Said>('searches', searchKey(service, query, generation))
    return { consulted: consultedIn(service, query, said), answer: said?.answer }
  }

const consultedIn = ({ name, options }: Service, query: JsonObject, said?: Said): Consulted => ({
  service: name,
  options: hashOf(options),
  query: hashOf(normal(query)),
  ...(said && { answer: hashOf(said.answer ?? null) }),
})

/** The store has no answer to this, and nobody else is to be asked. */
export class NotFrozen extends Error {
  override name = 'NotFrozen'
  constructor({ name }: Service, query: JsonObject) {
    super(`${name} has no stored answer to ${canonicalJson(query)}; run without --frozen to ask it`)
  }
}

/** Where an answer is stored: searches of one service stand together. */
export const searchKey = (
  { name, options }: Pick<Service, 'name' | 'options'>,
  query: JsonObject,
  generation = 0,
) => `${name}/${hashOf({ options, query: normal(query) })}${generation > 0 ? `@${generation}` : ''}`

/** Words to search for, which stand under `query`, as search engines read them. All else, such as an address, counts as it is. */
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

const longestLine = 300

const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, longestLine)
