import { pipeline, Readable, type Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'
import { getGlobalDispatcher, request } from 'undici'

/** As `fetch` has it: what came is given on at once, and an end that is missing is not missed. */
const eager = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const eagerBrotli = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
}

/** Content codings (RFC 9110, 8.4.1) of servers that compress although they are asked not to. */
const decoders = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(eager)],
  ['x-gzip', () => createGunzip(eager)],
  ['deflate', () => createInflate(eager)],
  ['br', () => createBrotliDecompress(eagerBrotli)],
  ['zstd', () => createZstdDecompress()],
])

/**
 * `fetch` for calls with a text that are answered by a text, for a third less CPU: Node's own client on Node's own
 * connections (and proxy, where one is set), but without a web stream on each side. Streams stay streams; whatever else
 * `fetch` can do is left to it. Rejects as undici's `request` does.
 */
export const lightFetch: typeof fetch = async (input, init = {}) => {
  const { method = 'GET', body, signal, redirect } = init
  if (typeof input !== 'string' || typeof body !== 'string' || redirect) return fetch(input, init)
  const headers = { ...Object.fromEntries(new Headers(init.headers)), 'accept-encoding': 'identity' }
  // Whoever asks decides how long an answer may take.
  const patient = { dispatcher: getGlobalDispatcher(), headersTimeout: 0, bodyTimeout: 0 }
  const answer = await request(input, { method, body, headers, signal, ...patient })
  const status = answer.statusCode
  if (status >= 300 && status < 400) {
    await answer.body.dump()
    return fetch(input, init)
  }
  const about = { status, headers: headersOf(answer.headers) }
  const came = decoded(answer.body, about.headers.get('content-encoding') ?? '')
  if (about.headers.get('content-type')?.startsWith('text/event-stream'))
    return new Response(Readable.toWeb(came) as ReadableStream, about)
  const text = await buffer(came)
  // A status like 204 may have no body, not even an empty one.
  return new Response(text.length > 0 ? new Uint8Array(text) : null, about)
}

/** The codings are named in the order in which they were put on. */
function decoded(body: Readable, codings: string): Readable {
  const named = codings.toLowerCase().split(',').reverse()
  return named.reduce((stream, coding) => {
    const decoder = decoders.get(coding.trim())?.()
    // Who reads the last stream is told what broke in the ones before it.
    return decoder ? pipeline(stream, decoder, () => {}) : stream
  }, body)
}

function headersOf(given: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers()
  for (const [name, values] of Object.entries(given))
    for (const value of [values ?? []].flat()) headers.append(name, value)
  return headers
}
