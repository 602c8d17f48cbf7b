import { openai } from '../teachers/openai.ts'
import type { TeacherLimits } from '../teachers/teacher.ts'
import { bareLoop, bodiesOf, kindling } from './contenders.ts'
import { slowServer } from './server.ts'

/** A server that refuses what is more than 50 a second, to one who knows it and to one who does not. */
export async function refused() {
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
