import type { Consulted, Reply } from '../schemas/trajectory.ts'
import type { Teacher, TeacherRequest } from '../teachers/teacher.ts'
import type { Consult } from '../tools/service.ts'

/** Ask somebody something. Whatever stands between the two has the same shape, so one wraps the other. */
export type Asker<Who, Query, Answer> = (who: Who, query: Query, signal: AbortSignal) => Promise<Answer>

/** How rollouts, checks and screens ask a model. */
export type Ask = Asker<Teacher, TeacherRequest, Reply>

/** How the tools of a run ask services, until a signal. `note` is told of each question when it is answered or has failed. */
export type Services = (signal: AbortSignal, note?: (consulted: Consulted) => void) => Consult

/** What a run spends. */
export interface Spending {
  /** USD so far, over all processes that worked on this run; null where a model or a service has no price. */
  usd(): number | null
  /** Models and services without a price. */
  unpriced: string[]
}

/** How a run asks models and services. Windows, queues, prices and calls under way are shared by all who ask by the same one. */
export interface Asking {
  ask: Ask
  services: Services
  spending: Spending
}
