import Type from 'typebox'
import { type Dispatcher, getGlobalDispatcher } from 'undici'
import { TeacherError } from './teacher.ts'

const seconds = Type.Number({ exclusiveMinimum: 0, description: 'seconds, such as 600' })

/** How long an answer may take. It is no part of what is asked. */
export const patienceOptions = {
  /**
   * Seconds without a word of an answer after which a try is given up; what keeps a connection open is no word. 1,800
   * when absent, because a server of one's own may queue for long before it begins.
   */
  quietSeconds: Type.Optional(seconds),
  /** Seconds after which a try is given up in any case. 7,200 when absent. */
  totalSeconds: Type.Optional(seconds),
}

export interface Patience {
  quietSeconds?: number
  totalSeconds?: number
}

/** What is handed to a call: it is to end with the signal, and to say whenever it heard a word. */
export interface Listening {
  signal: AbortSignal
  heard(): void
}

/** Whose call it is, by its teacher's name, and until when. */
interface Caller {
  name: string
  signal: AbortSignal
}

/** Make a call, and give it up where it is silent for too long. */
export async function patiently<T>(
  patience: Patience,
  caller: Caller,
  call: (listening: Listening) => Promise<T>,
): Promise<T> {
  using listening = listeningFor(patience, caller)
  try {
    return await call(listening)
  } catch (error) {
    throw listening.reasonOf(error)
  }
}

/** The same for what comes piece by piece: each is a word. `cut` ends the call that they come by. */
export async function* piecesPatiently<T>(
  patience: Patience,
  caller: Caller,
  { pieces, cut }: { pieces: AsyncIterable<T>; cut: AbortController },
): AsyncGenerator<T> {
  using listening = listeningFor(patience, caller)
  listening.signal.addEventListener('abort', () => cut.abort(listening.signal.reason))
  try {
    for await (const piece of pieces) {
      listening.heard()
      yield piece
    }
  } catch (error) {
    throw listening.reasonOf(error)
  }
}

function listeningFor({ quietSeconds = 1800, totalSeconds = 7200 }: Patience, { name, signal }: Caller) {
  const end = new AbortController()
  const after = (time: number, what: string) =>
    setTimeout(() => end.abort(`${what} ${time} seconds`), Math.min(time * 1000, longest))
  const quiet = after(quietSeconds, 'no word of an answer came for')
  const total = after(totalSeconds, 'no whole answer came within')
  return {
    signal: AbortSignal.any([signal, end.signal]),
    heard: () => void quiet.refresh(),
    /** What an error comes to: silence, where that is why. */
    reasonOf(error: unknown): unknown {
      if (signal.aborted || !end.signal.aborted) return error
      const message = `teacher ${name}: ${end.signal.reason}`
      return new TeacherError(message, { fatal: false, transient: true, cause: error })
    },
    [Symbol.dispose]() {
      clearTimeout(quiet)
      clearTimeout(total)
    },
  }
}

/** Milliseconds; timers hold no more. */
const longest = 2 ** 31 - 1

/** Ten minutes: what the official packages wait where nobody says otherwise. */
const packageLimit = 600_000

/**
 * Options of a request without the limits that nobody chose: the package's own, and the five minutes of Node's `fetch`
 * before the headers and between two pieces. What a ready client was made with stays.
 */
export function unhurried(client: object) {
  const { timeout, fetchOptions } = client as { timeout?: unknown; fetchOptions?: { dispatcher?: unknown } }
  return {
    maxRetries: 0,
    ...(timeout === packageLimit && { timeout: longest }),
    ...(!fetchOptions?.dispatcher && { fetchOptions: { dispatcher: withoutLimits(getGlobalDispatcher()) } }),
  }
}

const made = new WeakMap<Dispatcher, Dispatcher>()

/** The same connections, by which an answer may take as long as it takes. */
function withoutLimits(dispatcher: Dispatcher): Dispatcher {
  const known = made.get(dispatcher)
  if (known) return known
  const patient = dispatcher.compose(
    dispatch => (options, handler) => dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler),
  )
  made.set(dispatcher, patient)
  return patient
}
