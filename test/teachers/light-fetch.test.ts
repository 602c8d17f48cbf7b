import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { lightFetch } from '../../teachers/light-fetch.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

async function serving(answer: Answer) {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":"é"}' }

const codings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

const answers: Record<string, Answer> = {
  'a JSON body': async (request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify([await text(request)])),
  'an error with headers, some of them twice': (_, response) =>
    response.writeHead(429, { 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] }).end('{"error":1}'),
  'no content': (_, response) => response.writeHead(204).end(),
  'an empty body': (_, response) => response.end(),
  'a redirection': async (request, response) =>
    request.url === '/moved'
      ? response.end(`${request.method} ${await text(request)}`)
      : response.writeHead(307, { location: '/moved' }).end('elsewhere'),
  ...Object.fromEntries(
    Object.entries(codings).map(([coding, compress]): [string, Answer] => [
      `a body in ${coding} that was not asked for`,
      (_, response) => response.setHeader('content-encoding', coding).end(compress('many words')),
    ]),
  ),
}

for (const [what, answer] of Object.entries(answers)) {
  test(`${what} is the same as with fetch`, async () => {
    using server = await serving(answer)
    const [ours, theirs] = [await lightFetch(server.url, post), await fetch(server.url, post)]
    const headersOf = ({ headers }: Response) =>
      [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name))
    expect(ours.status).toBe(theirs.status)
    expect(headersOf(ours)).toEqual(headersOf(theirs))
    expect(await ours.text()).toBe(await theirs.text())
  })
}

test('a stream arrives while it is made', async () => {
  let finish = () => {}
  using server = await serving((_, response) => {
    response.setHeader('content-type', 'text/event-stream; charset=utf-8').write('data: 1\n\n')
    finish = () => response.end('data: 2\n\n')
  })
  const { body } = await lightFetch(server.url, post)
  const seen: string[] = []
  for await (const chunk of body ?? []) {
    seen.push(Buffer.from(chunk).toString())
    finish()
  }
  expect(seen).toEqual(['data: 1\n\n', 'data: 2\n\n'])
})

test.each(Object.entries(codings))('a stream in %s arrives while it is made', async (coding, compress) => {
  let finish = () => {}
  using server = await serving((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': coding.toUpperCase() })
    response.write(compress('data: 1\n\n'))
    finish = () => response.end()
  })
  const { body } = await lightFetch(server.url, post)
  let seen = ''
  for await (const chunk of body ?? []) {
    seen += Buffer.from(chunk).toString()
    finish()
  }
  expect(seen).toBe('data: 1\n\n')
})

test('a body in one coding inside of another is read, and one in a coding that it says without need', async () => {
  using twice = await serving((_, response) =>
    response.setHeader('content-encoding', 'gzip, br').end(brotliCompressSync(gzipSync('many words'))),
  )
  expect(await (await lightFetch(twice.url, post)).text()).toBe('many words')
  using none = await serving((_, response) => response.setHeader('content-encoding', 'identity').end('words'))
  expect(await (await lightFetch(none.url, post)).text()).toBe('words')
})

test('an abort ends the call, before the headers and in the body', async () => {
  const stop = { headers: new AbortController(), body: new AbortController() }
  using silent = await serving(() => stop.headers.abort(new Error('enough')))
  await expect(lightFetch(silent.url, { ...post, signal: stop.headers.signal })).rejects.toThrow('enough')
  using slow = await serving((_, response) => {
    response.write('{')
    setImmediate(() => stop.body.abort(new Error('enough')))
  })
  await expect(lightFetch(slow.url, { ...post, signal: stop.body.signal })).rejects.toThrow('enough')
})

test('a body that breaks off, and a port where nobody is, are errors', async () => {
  using server = await serving((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy())
  })
  await expect(lightFetch(server.url, post)).rejects.toThrow()
  await expect(lightFetch('http://127.0.0.1:1/', post)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('uploads and what has no body are left to fetch', async () => {
  using server = await serving(async (request, response) =>
    response.end(`${request.method} ${request.headers['content-type']}`),
  )
  const form = new FormData()
  form.set('file', new Blob(['x']), 'x.jsonl')
  expect(await (await lightFetch(server.url, { method: 'POST', body: form })).text()).toContain('multipart/')
  expect(await (await lightFetch(server.url)).text()).toBe('GET undefined')
})
