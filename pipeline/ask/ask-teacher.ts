import { hashOf } from '../../schemas/hash.ts'
import type { Usage } from '../../schemas/reply-use.ts'
import type { Reply, Stop } from '../../schemas/trajectory.ts'
import { modelOf, type Prices, priceOf } from '../../teachers/prices.ts'
import { refusedReply, type Teacher, TeacherError, type TeacherRequest } from '../../teachers/teacher.ts'
import type { Bill } from '../spend/bill.ts'
import { wasRefused } from '../spend/ledger.ts'
import { plusUsage } from '../spend/usage-cost.ts'
import { imagesSent, worstUsd } from '../spend/worst-case.ts'
import { answererNotes } from './answerers.ts'
import { type CallFault, longestWait } from './call-fault.ts'
import { type Adapter, accountOf, type Conclusion } from './inquiry.ts'
import { tokensOf } from './token-estimate.ts'

/** How models are asked: one request, one reply, paid by the token. Each `generation` has replies of its own. */
export const teacherAdapter = (
  prices: Prices = [],
  generation = 0,
): Adapter<Teacher, TeacherRequest, Reply> => ({
  table: 'replies',
  keyOf: (teacher, request) => replyKey(teacher, request, generation),
  inquiryOf: (teacher, request) => ({
    bill: billOf(teacher, request, prices),
    endpoints: (teacher.endpoints ?? [teacher]).map(each => ({
      line: each,
      account: () => accountOf(each),
      limits: each.limits,
      call: signal => each.ask(request, signal),
    })),
    faultOf,
    tokens: { guess: output => tokensOf(request, output), used: ({ usage }) => usage },
  }),
  endOf: conclusionOf,
  notesIn: store => answererNotes(store, generation),
})

type Identity = Pick<Teacher, 'name' | 'options'>

/** Where a reply is stored. */
export const replyKey = (teacher: Identity, request: TeacherRequest, generation: number) =>
  replyKeyOf(requestKey(teacher, request), generation)

/** The same for a request key. */
export const replyKeyOf = (id: string, generation: number) => `${id}${generation > 0 ? `@${generation}` : ''}`

/** sha256 of the canonical request, the teacher with its parameters, and the sample. */
export function requestKey({ name, options }: Identity, given: TeacherRequest): string {
  const { bytes: _, kinds: __, ...request } = given
  const turns = request.turns.map(({ reply, observations }) => ({
    raw: reply.raw,
    text: reply.text,
    calls: reply.calls,
    observations: observations.map(({ callId, parts }) => ({ callId, parts })),
  }))
  return hashOf({ teacher: { name, options }, ...request, turns })
}

/** Where a reply pauses, each part is a call of its own, and all that came before goes in again. */
function billOf(teacher: Teacher, request: TeacherRequest, prices: Prices): Bill<Reply> {
  const model = modelOf(teacher)
  const price = priceOf(prices, model)
  const images = imagesSent(request)
  let before: Usage | undefined
  const worst = () =>
    price ? worstUsd(teacher, request, price, before && before.input + before.output) : null
  return {
    get call() {
      return { teacher: teacher.name, model, images, worst: worst() }
    },
    get worst() {
      return worst()
    },
    used(reply) {
      const usage = before ? plusUsage(reply.usage, before, -1) : reply.usage
      return isCounted(usage, isEmpty(reply)) ? { usage, images } : undefined
    },
    failed(error) {
      const part = error instanceof TeacherError ? error.part : undefined
      if (!part) return wasRefused(error) ? { usage: nothing, images: 0 } : undefined
      before = before ? plusUsage(before, part) : part
      return isCounted(part, false) ? { usage: part, images } : undefined
    },
    flat: false,
  }
}

/** A server that does not count says that nothing was used, or nothing of one kind. */
const isCounted = ({ input, output }: Usage, empty: boolean) => input > 0 && (output > 0 || empty)

const isEmpty = ({ text, reasoning, calls }: Reply) => text === '' && !reasoning && calls.length === 0

const nothing: Usage = { input: 0, output: 0, cached: 0, reasoning: 0 }

function faultOf(thrown: unknown): CallFault | undefined {
  if (!(thrown instanceof TeacherError)) return undefined
  const { message, transient, overloaded, doubtful, gone, part, stop, retryAfterMs: wait = 0 } = thrown
  const asFatal = (why = '') => changed(thrown, { message: `${message}${why}`, fatal: true })
  const error = doubtful ? changed(thrown, { fatal: false }) : thrown
  const about = { doubtful: doubtful !== undefined, gone, judged: isJudged(stop) }
  const fault = { error, asFatal, fatal: thrown.fatal, ...about }
  if (wait > longestWait) {
    const asked = ` (it asks to wait ${Math.ceil(wait / 60_000)} minutes; run the same command again then)`
    return { ...fault, asFatal: () => asFatal(asked), kind: 'lasting', fatal: true, wait: 0 }
  }
  const passing = overloaded ? 'refused' : 'broken'
  const kind = transient ? passing : 'lasting'
  return { ...fault, kind: part ? 'paused' : kind, wait }
}

const changed = (error: TeacherError, { message = error.message, ...fields }: Partial<TeacherError>) =>
  new TeacherError(message, { ...error, ...fields, cause: error })

const isJudged = (stop: Stop | undefined) => stop === 'content_filter' || stop === 'refusal'

/** What a server refuses for good is a reply without a word. A wrong key is never the request's doing. */
export function conclusionOf(error: unknown): Conclusion<Reply> | undefined {
  if (!(error instanceof TeacherError) || error.transient) return undefined
  const { stop = 'broken', fatal, doubtful, message } = error
  if (doubtful === 'key' || (fatal && !doubtful)) return undefined
  return { answer: refusedReply(message, stop), sure: error.stop !== undefined, words: message, fatal }
}
