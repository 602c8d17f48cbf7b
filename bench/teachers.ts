// What teachers cost and allow, at loopback servers, each beside what is ideal and where it makes sense a bare client loop:
// B kills the real command, C is refused, D shares a rate of tokens between two processes, E is as fast as it gets.
// Name some of them to run only those: node bench/teachers.ts C E
import { openai } from '../teachers/openai.ts'
import { bareLoop, bodiesOf, type Cost, kindling } from './contenders.ts'
import { killedRounds } from './killed.ts'
import { refused } from './refused.ts'
import { slowServer } from './server.ts'
import { sharedTokens } from './shared-tokens.ts'

const rate = (calls: number, { wall, cpu }: Cost) =>
  `${(calls / wall).toFixed(0)} calls/s, ${((cpu / calls) * 1000).toFixed(2)} ms of CPU per call`

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
