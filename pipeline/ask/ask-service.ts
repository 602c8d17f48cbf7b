import type { JsonObject } from '../../schemas/json.ts'
import { screenLine } from '../../schemas/screen-line.ts'
import type { Store } from '../../store/store.ts'
import { type Service, ServiceError } from '../../tools/service.ts'
import { ToolError } from '../../tools/tool.ts'
import type { Services } from '../ask.ts'
import type { Bill } from '../spend/bill.ts'
import { wasRefused } from '../spend/ledger.ts'
import { asker, type Means } from './asker.ts'
import { type CallFault, longestWait } from './call-fault.ts'
import { type Adapter, accountOf, type Endpoint } from './inquiry.ts'
import { consultedIn, type ServiceAnswer, saidBefore, searchKey } from './service-answers.ts'

interface ServiceQuery {
  query: JsonObject
  call(signal: AbortSignal): Promise<unknown>
}

/** How services are asked: one query, one answer, at one price a call. Each `generation` has answers of its own. */
export const serviceAdapter = (generation = 0): Adapter<Service, ServiceQuery, ServiceAnswer> => ({
  table: 'searches',
  keyOf: (service, { query }) => searchKey(service, query, generation),
  inquiryOf: (service, query) => ({
    bill: billOf(service),
    endpoints: [endpointOf(service, query)],
    faultOf,
  }),
})

function endpointOf(service: Service, { query, call }: ServiceQuery): Endpoint<ServiceAnswer> {
  const { name, options, limits } = service
  const account = accountOf(service)
  return {
    line: account,
    account: () => `service/${account}`,
    limits,
    async call(signal) {
      const answer = await call(signal)
      return { service: name, options, query, at: new Date().toISOString(), answer }
    },
  }
}

function billOf({ name, usdPerCall }: Service): Bill<unknown> {
  const usd = usdPerCall ?? null
  return {
    call: { service: name, usd },
    worst: usd,
    used: () => ({ usd, ended: true }),
    failed: error => (wasRefused(error) ? { usd: 0, ended: true } : undefined),
    flat: true,
  }
}

function faultOf(error: unknown): CallFault | undefined {
  if (!(error instanceof ServiceError)) return undefined
  const { transient, retryAfterMs, retryAfterMs: wait = 0 } = error
  const passing = retryAfterMs === undefined ? 'broken' : 'refused'
  return { error, kind: transient && wait <= longestWait ? passing : 'lasting', fatal: false, wait }
}

interface Options {
  /** How often everything was asked anew: each time has answers of its own. */
  generation?: number
  /** Answer from the store only, whenever it was said. */
  frozen?: boolean | undefined
}

/**
 * How tools ask services. A failure is told to the teacher, and a warning names each way in which a service fails once.
 */
export function askServices(
  store: Store,
  means: Means = {},
  { generation = 0, frozen = false }: Options = {},
): Services {
  const remember = () => saidBefore(store, generation)
  const ask = asker(serviceAdapter(generation), store, means, frozen ? remember : undefined)
  const { warn = () => {} } = means
  const told = new Set<string>()

  /** A failure is told to the teacher and not kept: whoever asks next tries again. */
  function failure(error: unknown): unknown {
    if (!(error instanceof ServiceError)) return error
    const message = screenLine(error.message)
    if (!told.has(message)) warn(`a teacher is told that a search failed: ${message}`)
    told.add(message)
    return new ToolError(`The search failed: ${message}`, { cause: error })
  }

  return (signal, note = () => {}) =>
    async (service, query, call) => {
      try {
        const said = await ask(service, { query, call }, signal)
        note(consultedIn(service, query, said))
        return said.answer as never
      } catch (error) {
        note(consultedIn(service, query))
        throw failure(error)
      }
    }
}
