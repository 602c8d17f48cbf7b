import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { sha256 } from '../schemas/hash.ts'
import { ratesOf } from '../teachers/program/faults.ts'
import { serveProgram } from '../teachers/program/server.ts'
import { skills } from '../teachers/program/skills.ts'

/** A request that came, by its number: the same request has the same one. */
export interface Asked {
  number: number
  /** Milliseconds since 1970. */
  at: number
}

/** Tokens of an answer, and those of a request beside its number. */
const [output, input] = [100, 4000]

/** The number of the request that a reply answers, told by the tokens that it says were read. */
export const numberOf = (inputTokens: number): number => inputTokens - input

/** What a request costs, at a USD for a million tokens. */
export const usdOf = ({ number }: Asked): number => (number + input + output) / 1e6

/**
 * The program teacher behind a server that writes down what it is asked and says in each reply which request that was.
 * `heard` is told of every request and every reply.
 */
export async function numberedTeacher(heard: () => void) {
  const program = await serveProgram({ skills, rates: ratesOf(undefined) })
  const numbers = new Map<string, number>()
  const asked: Asked[] = []
  const proxy = createServer(async (request, response) => {
    const body = await text(request)
    const key = sha256(body)
    const number = numbers.get(key) ?? numbers.size + 1
    numbers.set(key, number)
    asked.push({ number, at: Date.now() })
    heard()
    const reply = await fetch(new URL(request.url ?? '', program.url), { method: 'POST', body })
    const usage = { prompt_tokens: input + number, completion_tokens: output }
    response
      .writeHead(reply.status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...Object(await reply.json()), usage }))
    heard()
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/v1`,
    asked,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections()
      proxy.close()
      await program[Symbol.asyncDispose]()
    },
  }
}
