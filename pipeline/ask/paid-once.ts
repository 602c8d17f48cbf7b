import { hashOf } from '../../schemas/hash.ts'
import type { Reply } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Teacher, TeacherRequest } from '../../teachers/teacher.ts'
import { type Ask, askDirectly } from './ask.ts'
import { singleFlight } from './single-flight.ts'

/**
 * Ask each thing once. A reply is durable before anyone sees it; the same request of the same sample is answered from
 * the store, and two that are asked at the same time share one call. Another generation asks anew.
 */
export function paidOnce(store: Store, next: Ask = askDirectly, generation = 0): Ask {
  const once = singleFlight<Reply>()

  async function ask(key: string, teacher: Teacher, request: TeacherRequest, signal: AbortSignal) {
    const known = await store.get<Reply>('replies', key)
    return known ?? (await store.put('replies', key, await next(teacher, request, signal)))
  }

  return (teacher, request, signal) => {
    const key = replyKey(teacher, request, generation)
    return once(key, shared => ask(key, teacher, request, shared), signal)
  }
}

type Identity = Pick<Teacher, 'name' | 'options'>

/** Where a reply is stored. */
export const replyKey = (teacher: Identity, request: TeacherRequest, generation: number) =>
  `${requestKey(teacher, request)}${generation > 0 ? `@${generation}` : ''}`

/** sha256 of the canonical request, the teacher with its parameters, and the sample. */
export function requestKey({ name, options }: Identity, { bytes: _, ...request }: TeacherRequest): string {
  const turns = request.turns.map(({ reply, observations }) => ({
    raw: reply.raw,
    text: reply.text,
    calls: reply.calls,
    observations: observations.map(({ callId, parts }) => ({ callId, parts })),
  }))
  return hashOf({ teacher: { name, options }, ...request, turns })
}
