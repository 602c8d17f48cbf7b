// A Chat Completions server that answers everything after a given time, and a second turn where it is told to; refuses what
// is more than `perSecond`. Prints its port; tells its parent what it served when asked; ends with it.
import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Served, ServerOptions } from './server.ts'

const {
  latencyMs,
  perSecond,
  turns = 1,
  tokens = 12,
  steady = false,
}: ServerOptions = JSON.parse(process.argv[2] ?? '{}')

const served: Served = { calls: 0, refused: 0, tokens: [], repeats: [], times: [] }
const bodies = new Map<string, number[]>()
let allowance = { left: perSecond ?? 0, at: performance.now() }

/** A bucket that holds a second's worth, full at first. */
function admit(): boolean {
  if (perSecond === undefined) return true
  const now = performance.now()
  const left = Math.min(perSecond, allowance.left + ((now - allowance.at) * perSecond) / 1000)
  allowance = { left: left < 1 ? left : left - 1, at: now }
  return left >= 1
}

const call = { id: 'call', type: 'function', function: { name: 'look', arguments: '{}' } }

/** Each answer has a number of its own, so that it can be found again in a store. */
function completion(number: number, last: boolean, output: number): string {
  const content = last ? `It is plain to see, ${number}. <answer>42</answer>` : `I look first, ${number}.`
  const message = { role: 'assistant', content, refusal: null, ...(last ? {} : { tool_calls: [call] }) }
  return JSON.stringify({
    id: 'completion',
    object: 'chat.completion',
    created: 0,
    model: 'slow',
    choices: [{ index: 0, finish_reason: last ? 'stop' : 'tool_calls', logprobs: null, message }],
    usage: { prompt_tokens: 400, completion_tokens: output, total_tokens: 400 + output },
  })
}

function refuse(response: ServerResponse) {
  served.refused++
  const error = { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' }
  response
    .writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' })
    .end(JSON.stringify({ error }))
}

const numberOf = (body: string) => createHash('sha256').update(body).digest().readUIntBE(0, 6)

function answer(body: string, response: ServerResponse) {
  served.calls++
  const number = steady ? numberOf(body) : served.calls
  const output = tokens + (((number % 1e6) * 48_271) % (tokens * 2))
  served.tokens.push([Date.now(), 400 + output])
  if (turns > 1) {
    const key = createHash('sha256').update(body).digest('base64')
    bodies.set(key, [...(bodies.get(key) ?? []), number])
  }
  const last = body.split('"role":"tool"').length >= turns
  const reply = () =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(completion(number, last, output))
  setTimeout(reply, latencyMs)
}

const server = createServer(async (request, response) => {
  if (turns === 1) {
    if (admit()) request.resume().on('end', () => answer('', response))
    else request.resume().on('end', () => refuse(response))
  } else answer(await text(request), response)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('message', () => {
  served.repeats = [...bodies.values()].filter(numbers => numbers.length > 1)
  served.times = [...bodies.values()].map(numbers => [numbers[0] ?? 0, numbers.length])
  process.send?.(served)
})
process.on('disconnect', () => process.exit())
