import Type, { type Static } from 'typebox'
import type { JsonObject } from '../schemas/json.ts'
import { closed, count, filledText } from '../schemas/options.ts'

/** What a service allows. The rate is kept by all processes that share a limiter, `concurrency` by each of its own. */
export const ServiceLimits = closed({
  requestsPerMinute: Type.Optional(count),
  /** Calls under way at once. */
  concurrency: Type.Optional(count),
  /** Whose limits these are: services that name the same account share them. Each its own by default. */
  account: Type.Optional(filledText),
})
export type ServiceLimits = Static<typeof ServiceLimits>

/**
 * Something that a tool asks: a corpus on this disk, a search engine, a site. `options` is plain data without keys that
 * says exactly what is asked; answers are stored under it.
 */
export interface Service {
  name: string
  options: JsonObject
  limits?: ServiceLimits
  /** USD that a call costs: 0 where it is free, as on this disk. A run with a budget refuses one that does not say. */
  usdPerCall?: number
  /**
   * Throws InputError where it cannot be asked, as for want of a key. Called before a run that may ask it spends
   * anything.
   */
  ready?(): void
}

/**
 * A service's answer to a query, as plain data. Each query is asked once; later its answer is read from the run's
 * store, so that a teacher can be shown the same again. Rejects with ToolError if the service failed: the teacher is
 * told, and nothing ends.
 */
export type Consult = <Answer>(
  service: Service,
  query: JsonObject,
  call: (signal: AbortSignal) => Promise<Answer>,
) => Promise<Answer>

interface ServiceFault {
  transient: boolean
  retryAfterMs?: number | undefined
  status?: number | undefined
  cause?: unknown
}

/** The service failed or refused, in one line that a teacher may read: it holds no key. */
export class ServiceError extends Error {
  override name = 'ServiceError'
  /** Another try may succeed. */
  readonly transient: boolean
  /** What it asks to wait before the next try, in milliseconds: it has too much to do. */
  readonly retryAfterMs: number | undefined
  /** The HTTP status that it answered with: what was refused so is not charged. */
  readonly status: number | undefined
  constructor(message: string, { transient, retryAfterMs, status, cause }: ServiceFault) {
    super(message, { cause })
    this.transient = transient
    this.retryAfterMs = retryAfterMs
    this.status = status
  }
}
