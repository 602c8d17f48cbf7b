// What the gate adds to the time of a server that never refuses, beside the ideal time, and what a storm of refusals costs.
// On a virtual clock, at any rate; over the wire, to a server of its own, at rates that a machine carries.
import { openai } from '../teachers/openai.ts'
import { added, loads, storm } from '../test/pipeline/ask/gated.ts'
import { virtualClock } from '../test/virtual-clock.ts'
import { bareLoop, bodiesOf, kindling } from './contenders.ts'
import { refused } from './refused.ts'
import { slowServer } from './server.ts'

const inFlights = [1, 2, 4, 8, 32, 64]
const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(9)

console.log(
  `Added to the ideal time      in flight ${inFlights.map(each => String(each).padStart(9)).join('')}`,
)
for (const [name, load] of Object.entries(loads)) {
  for (const latency of [50, 200, 1000, 10_000]) {
    const shares: string[] = []
    for (const inFlight of inFlights)
      shares.push(percent(await added({ inFlight, rounds: 40, latency: load(latency) }, virtualClock())))
    console.log(`  virtual clock, ${name.padEnd(7)}${`${latency} ms`.padStart(14)} ${shares.join('')}`)
  }
}
/** Over the wire, each call costs CPU and a commit as well: a bare loop shows what is not the gate's. */
async function overWire(latencyMs: number, rounds: number) {
  const shares: Record<'kindling' | 'bare loop', string[]> = { kindling: [], 'bare loop': [] }
  const over = (wall: number) => percent(wall / ((rounds * latencyMs) / 1000) - 1)
  for (const inFlight of inFlights) {
    using server = await slowServer({ latencyMs })
    const { baseURL } = server
    const calls = inFlight * rounds
    shares.kindling.push(over((await kindling(openai({ model: 'slow', baseURL }), calls, inFlight)).wall))
    shares['bare loop'].push(over((await bareLoop(baseURL, await bodiesOf(baseURL, calls), inFlight)).wall))
  }
  for (const [name, row] of Object.entries(shares))
    console.log(`  over the wire, ${name.padEnd(9)}${`${latencyMs} ms`.padStart(12)} ${row.join('')}`)
}
await overWire(200, 30)
await overWire(1000, 30)
const { seconds, refused: count } = await storm(1, virtualClock())
console.log(`C  on a virtual clock: ${seconds.toFixed(1)} s, ${count} × 429; ideal 19.2 s`)
await refused()
