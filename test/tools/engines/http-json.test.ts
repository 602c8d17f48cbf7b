import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { getJson, type JsonRequest } from '../../../tools/engines/http-json.ts'
import { ServiceError } from '../../../tools/service.ts'
import { type Answer, answeringServer } from '../answering-server.ts'

const key = 'sk-very-secret-1234'
const json = { 'content-type': 'application/json' }

const asking = (url: string, more: Partial<JsonRequest> = {}) =>
  getJson({ service: 'finder', url, signal: new AbortController().signal, ...more })

/** What is thrown for an answer, which must be a ServiceError of one line. */
async function failing(answer: Answer | 'hang' | 'cut', more: Partial<JsonRequest> = {}) {
  await using server = await answeringServer(() => answer)
  const error: unknown = await asking(`${server.origin}/search?api_key=${key}`, more).catch(thrown => thrown)
  expect(error).toBeInstanceOf(ServiceError)
  const fault = error as ServiceError
  expect(fault.message).toMatch(/^finder: [^\n]+$/)
  expect(fault.message).not.toContain(key)
  return fault
}

test('What was asked arrives, and what was answered comes back', async () => {
  await using server = await answeringServer(() => ({
    body: gzipSync('{"found": [1]}'),
    headers: { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' },
  }))
  const init = { method: 'POST', headers: { 'x-api-key': key }, body: '{"q": "é"}' }
  expect(await asking(`${server.origin}/search`, { init })).toEqual({ found: [1] })
  expect(server.arrived).toMatchObject([
    { method: 'POST', path: '/search', headers: { 'x-api-key': key }, body: '{"q": "é"}' },
  ])
})

const faults: [what: string, answer: Answer | 'cut', line: RegExp, transient: boolean][] = [
  ['a wrong key', { status: 401, body: { message: 'Unauthorized.' } }, /401 Unauthorized\./, false],
  ['a forbidden format', { status: 403, body: '<html>no</html>' }, /403 Forbidden$/, false],
  ['a wrong address', { status: 404, body: {} }, /404 Not Found/, false],
  ['an empty purse', { status: 400, body: { message: 'Not enough credits' } }, /Not enough credits/, false],
  ['a rate limit', { status: 429, body: { error: { detail: 'Slow\ndown' } } }, /429 Slow down/, true],
  ['a fault of the server', { status: 502, body: '<h1>'.repeat(3_000_000) }, /502 Bad Gateway/, true],
  ['a page', { body: '<html>hello</html>' }, /text\/html.* in place of JSON/, false],
  ['half of it', { body: '{"a": ', headers: json }, /not JSON/, false],
  ['a broken connection', 'cut', /cannot be reached/, true],
  ['far too much', { body: 'x'.repeat(6_000_000), headers: json }, /larger than 5000000 bytes/, false],
  ['a redirect', { status: 302, headers: { location: 'https://example.com/' } }, /302/, false],
]

test.each(faults)('%s is said in one line', async (_, answer, line, transient) => {
  const fault = await failing(answer)
  expect(fault.message).toMatch(line)
  expect(fault.transient).toBe(transient)
})

test('A packed answer counts as large as it is unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const fault = await failing({ body: bomb, headers: { ...json, 'content-encoding': 'gzip' } })
  expect(fault.message).toMatch(/larger than/)
})

test('How long to wait is passed on', async () => {
  const fault = await failing({ status: 429, body: {}, headers: { 'retry-after': '7' } })
  expect(fault.retryAfterMs).toBe(7000)
  expect((await failing({ status: 429, body: {} })).retryAfterMs).toBeUndefined()
})

test('A key is never quoted, from wherever it was sent', async () => {
  const headers = { authorization: `Bearer ${key}` }
  const fault = await failing({ status: 401, body: { error: `${key} is no key` } }, { init: { headers } })
  expect(fault.message).toBe('finder: 401 (…) is no key')
  expect((await failing({ status: 401, body: { error: `no ${key}` } })).message).toBe('finder: 401 no (…)')
})

test('Who does not answer in time may be asked again', async () => {
  const fault = await failing('hang', { timeoutMs: 50 })
  expect(fault.message).toBe('finder: it did not answer within 0.05 s')
  expect(fault.transient).toBe(true)
})

test('Who cannot be reached may be asked again', async () => {
  const server = await answeringServer(() => ({}))
  await server[Symbol.asyncDispose]()
  const message = expect.stringContaining('ECONNREFUSED')
  await expect(asking(server.origin)).rejects.toMatchObject({
    name: 'ServiceError',
    transient: true,
    message,
  })
})

test('A call that is no longer wanted ends as its signal says, and is no fault of the service', async () => {
  await using server = await answeringServer(() => 'hang')
  const stop = new AbortController()
  const asked = asking(server.origin, { signal: stop.signal })
  stop.abort(new Error('the run was stopped'))
  await expect(asked).rejects.toThrow('the run was stopped')
})
