import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { slowServer } from './server.ts'

const tokensPerMinute = 4_800_000

/** D: two processes that share a rate of tokens for a minute, as the server counts them. */
export async function sharedTokens() {
  console.log(
    `D  two processes, 40 in flight each, share ${tokensPerMinute} tokens a minute; replies of 200 to 600 tokens`,
  )
  const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  using server = await slowServer({ latencyMs: 200, tokens: 200 })
  const args = [folder, server.baseURL, String(tokensPerMinute)]
  const both = [1, 2].map(() => fork(join(import.meta.dirname, 'tokens.ts'), args))
  await Promise.all(both.map(child => once(child, 'message')))
  for (const child of both) child.send('go')
  await sleep(62_000)
  for (const child of both) child.send('stop')
  await Promise.all(both.map((child: ChildProcess) => child.exitCode ?? once(child, 'exit')))
  const { tokens } = await server.served()
  const [start = 0] = tokens.map(([at]) => at)
  const share = (from: number, to: number) =>
    tokens
      .filter(([at]) => at >= start + from && at < start + to)
      .reduce((sum, [, count]) => sum + count, 0) /
    ((tokensPerMinute * (to - from)) / 60_000)
  console.log(
    `     used in the first minute   ${(100 * share(0, 60_000)).toFixed(1)} % of the limit; ideal 100 %`,
  )
  console.log(`     used from 10 s to 60 s     ${(100 * share(10_000, 60_000)).toFixed(1)} %`)
  await rm(folder, { recursive: true })
}
