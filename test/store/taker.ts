// Takes tokens from a limiter until `until`, and prints when each was let through and what it then cost.
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqliteLimiter } from '../../store/sqlite-limiter.ts'

const [folder = '', perMinute = '', seed = ''] = process.argv.slice(2)
const rate = { perMinute: Number(perMinute), burst: Number(perMinute) / 60 }
using limiter = openSqliteLimiter(folder)
let state = Number(seed)
const upTo = (most: number) => {
  state = (state * 48_271) % 2_147_483_647
  return state % most
}
process.stdout.write('ready\n')
const [until] = (
  await new Promise<string>(resolve => process.stdin.once('data', data => resolve(String(data))))
).split('\n')
for (;;) {
  const [estimate, actual] = [200 + upTo(1600), 200 + upTo(1600)]
  await sleep(await limiter.reserve('tokens', estimate, rate))
  const at = Date.now()
  if (at > Number(until)) break
  limiter.settle('tokens', actual - estimate, rate)
  process.stdout.write(`${JSON.stringify({ at, actual })}\n`)
}
process.exit()
