// What teachers cost and allow, at loopback servers, each beside what is ideal and where it makes sense a bare client loop:
// B kills the real command, C is refused, D shares a rate of tokens between two processes, E is as fast as it gets.
// Name some of them to run only those: node bench/teachers.ts C E
import { openai } from '../teachers/openai.ts'
import type { TeacherLimits } from '../teachers/teacher.ts'
import { bareLoop, bodiesOf, type Cost, kindling } from './contenders.ts'
import { killedRounds } from './killed.ts'
import { slowServer } from './server.ts'
import { sharedTokens } from './shared-tokens.ts'

const rate = (calls: number, { wall, cpu }: Cost) =>
  `${(calls / wall).toFixed(0)} calls/s, ${((cpu / calls) * 1000).toFixed(2)} ms of CPU per call`

/** A server that refuses what is more than 50 a second, to one who knows it and to one who does not. */
async function refused() {
  const calls = 1000
  console.log(
    `C  ${calls} calls, 50 in flight, 200 ms; 50 a second are let in, else 429 and Retry-After 1; ideal 19.0 s`,
  )
  const ways: Record<string, TeacherLimits | undefined> = {
    'kindling, limit not known': undefined,
    'kindling, limit told': { requestsPerMinute: 3000 },
  }
  for (const [name, limits] of Object.entries(ways)) {
    using server = await slowServer({ latencyMs: 200, perSecond: 50 })
    const teacher = openai({ model: 'slow', baseURL: server.baseURL, ...(limits ? { limits } : {}) })
    const { wall } = await kindling(teacher, calls, 50)
    console.log(`     ${name.padEnd(26)} ${wall.toFixed(1)} s, ${(await server.served()).refused} × 429`)
  }
  using open = await slowServer({ latencyMs: 0 })
  const bodies = await bodiesOf(open.baseURL, calls)
  using server = await slowServer({ latencyMs: 200, perSecond: 50 })
  const { wall } = await bareLoop(server.baseURL, bodies, 50)
  console.log(
    `     ${'bare loop, retries'.padEnd(26)} ${wall.toFixed(1)} s, ${(await server.served()).refused} × 429`,
  )
}

async function fast() {
  const [calls, latencyMs, inFlight] = [10_000, 20, 200]
  console.log(
    `E  ${calls} calls of ${latencyMs} ms, ${inFlight} in flight; ideal ${(calls * latencyMs) / inFlight / 1000} s`,
  )
  using server = await slowServer({ latencyMs })
  const bodies = await bodiesOf(server.baseURL, calls)
  for (let round = 0; round < 2; round++) {
    const bare = await bareLoop(server.baseURL, bodies, inFlight)
    console.log(`     bare loop                  ${rate(calls, bare)}`)
    const ours = await kindling(openai({ model: 'slow', baseURL: server.baseURL }), calls, inFlight)
    console.log(`     kindling, durable          ${rate(calls, ours)}`)
  }
}

const benches = { B: killedRounds, C: refused, D: sharedTokens, E: fast }
const wanted = process.argv.slice(2)
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench()
}
