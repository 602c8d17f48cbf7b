// A: 1,000 single-turn rollouts with the durable store on, beside a bare loop of the `openai` client that makes the same
// calls to the same loopback server. Wall and CPU time as ratios, in turns, in one process; the server is another.
import { openai } from '../teachers/openai.ts'
import { bareLoop, bodiesOf, type Cost, kindling } from './contenders.ts'
import { slowServer } from './server.ts'

const calls = Number(process.argv[2] ?? 1000)
const latencyMs = Number(process.argv[3] ?? 200)
const inFlight = Number(process.argv[4] ?? 50)
const rounds = 5

using server = await slowServer({ latencyMs })
const { baseURL } = server
const bodies = await bodiesOf(baseURL, calls)
const ideal = (Math.ceil(calls / inFlight) * latencyMs) / 1000
console.log(
  `${calls} calls of ${latencyMs} ms, ${inFlight} in flight; ideal ${ideal.toFixed(2)} s; ${rounds} rounds in turns`,
)
const ratios: Cost[] = []
for (let round = 1; round <= rounds; round++) {
  const bare = await bareLoop(baseURL, bodies, inFlight)
  const ours = await kindling(openai({ model: 'slow', baseURL }), calls, inFlight)
  ratios.push({ wall: ours.wall / bare.wall, cpu: ours.cpu / bare.cpu })
  for (const [name, { wall, cpu }] of Object.entries({ 'bare loop': bare, kindling: ours })) {
    const rate = `${(calls / wall).toFixed(0)} calls/s  ${((cpu / calls) * 1000).toFixed(2)} ms of CPU per call`
    console.log(
      `  round ${round}  ${name.padEnd(9)}  wall ${wall.toFixed(2)} s  CPU ${cpu.toFixed(2)} s  ${rate}`,
    )
  }
}
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
console.log(
  `kindling / bare loop, median: wall ${median(ratios.map(({ wall }) => wall)).toFixed(2)}×, CPU ${median(ratios.map(({ cpu }) => cpu)).toFixed(2)}×`,
)
