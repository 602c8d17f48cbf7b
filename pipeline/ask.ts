import type { Consulted, Reply } from '../schemas/trajectory.ts'
import type { Teacher, TeacherRequest } from '../teachers/teacher.ts'
import type { Consult } from '../tools/service.ts'

/** Ask somebody something. Everything that stands between the two has the same shape, so one wraps the other. */
export type Asker<Who, Query, Answer> = (who: Who, query: Query, signal: AbortSignal) => Promise<Answer>

/** How rollouts, checks and screens ask a model. */
export type Ask = Asker<Teacher, TeacherRequest, Reply>

/**
 * How the tools of a run ask services, until a signal. `note` is told of each question when it is answered or has
 * failed.
 */
export type Services = (signal: AbortSignal, note?: (consulted: Consulted) => void) => Consult

/** What a run spends. */
export interface Spending {
  /** USD so far, over all processes that worked on this run; null where a model or a service has no price. */
  usd(): number | null
  /** The same of this process alone. */
  usdNow(): number | null
  /** Models and services without a price. */
  unpriced: string[]
}

/**
 * How a run asks models and services. Windows, queues, prices and calls under way are shared by all who ask by the same
 * one.
 */
export interface Asking {
  ask: Ask
  services: Services
  spending: Spending
}

/** Which rollouts wait for which requests. */
interface WaitingList {
  /** Whether a request is in a batch that is not settled. */
  holds(id: string): Promise<boolean>
  /** Note that a rollout waits for the reply to a request. */
  wait(rollout: string, id: string): Promise<unknown>
  waitsFor(rollout: string): Promise<string | undefined>
  resumed(rollout: string): Promise<void>
}

export interface Batches {
  book: WaitingList
  /** Collects what is for a teacher in batches and throws `Waiting`; the rest goes to `next`. */
  around(next: Ask): Ask
  /** Look at every batch that is not settled, once. */
  look(): Promise<{ settled: number; open: number }>
  /** Hand in what was collected, and come back when a batch is settled or none is under way. */
  next(): Promise<void>
}
