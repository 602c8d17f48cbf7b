import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { sha256 } from '../../schemas/hash.ts'
import { ratesOf } from '../../teachers/program/faults.ts'
import { serveProgram } from '../../teachers/program/server.ts'
import { skills } from '../../teachers/program/skills.ts'

/**
 * The program teacher behind a proxy that counts what it is asked; it outlives the processes that ask. With `usage` it
 * says that every call used that much.
 */
export async function countingTeacher(usage?: { prompt_tokens: number; completion_tokens: number }) {
  const program = await serveProgram({ skills, rates: ratesOf(undefined) })
  const asked = new Map<string, number>()
  const events = new EventEmitter()
  const proxy = createServer(async (request, response) => {
    const body = await text(request)
    asked.set(sha256(body), (asked.get(sha256(body)) ?? 0) + 1)
    events.emit('event')
    events.emit('request')
    const reply = await fetch(new URL(request.url ?? '', program.url), { method: 'POST', body })
    const said = await reply.text()
    response
      .writeHead(reply.status, { 'content-type': 'application/json' })
      .end(usage ? JSON.stringify({ ...JSON.parse(said), usage }) : said)
    events.emit('event')
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/v1`,
    events,
    asked,
    /** All requests. */
    requests: () => [...asked.values()].reduce((sum, times) => sum + times, 0),
    /** Requests beyond the first of each. */
    repeats: () => [...asked.values()].reduce((sum, times) => sum + times - 1, 0),
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections()
      proxy.close()
      await program[Symbol.asyncDispose]()
    },
  }
}
