import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../schemas/trajectory.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { slowServer } from './server.ts'

const root = join(import.meta.dirname, '..')
const [needed, inFlight, rounds] = [1000, 50, 10]

function start(baseURL: string, runs: string) {
  const env = { ...process.env, TEACHER_URL: baseURL, RUNS: runs }
  const args = [
    '--disable-warning=ExperimentalWarning',
    'cli/main.ts',
    'run',
    'bench/killed.config.ts',
    '--json',
  ]
  return spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'ignore'] })
}

/** The numbers of the answers that a run has stored. */
async function stored(runs: string): Promise<Set<number>> {
  await using store = await openSqliteStore(join(runs, 'killed'))
  const replies = await Array.fromAsync(store.scan<Reply>('replies'))
  return new Set(replies.map(({ value }) => Number(/\d+/.exec(value.text)?.[0])))
}

interface Round {
  killedAt: number
  total: number
  /** Finished turns that were asked for again. */
  paidTwice: number
}

async function round(): Promise<Round> {
  const runs = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  using server = await slowServer({ latencyMs: 200, turns: 2 })
  const first = start(server.baseURL, runs)
  while ((await server.served()).calls < needed / 2) await sleep(20)
  first.kill('SIGKILL')
  await once(first, 'exit')
  const killedAt = (await server.served()).calls
  const finished = await stored(runs)
  const [code] = await once(start(server.baseURL, runs), 'exit')
  if (code !== 0) throw new Error(`the run that went on ended with status ${code}`)
  const { calls, repeats } = await server.served()
  await rm(runs, { recursive: true })
  return { killedAt, total: calls, paidTwice: repeats.filter(([paid]) => finished.has(paid ?? 0)).length }
}

/** B: the real command, killed half-way through 500 rollouts of two turns and started again. */
export async function killedRounds() {
  console.log(
    `B  kill -9 half-way through ${needed} calls, ${inFlight} in flight, and again; ideal ${needed} calls and 0 twice`,
  )
  for (let number = 1; number <= rounds; number++) {
    const { killedAt, total, paidTwice } = await round()
    console.log(
      `     round ${String(number).padStart(2)}  killed at ${killedAt}, ${total} calls in all, ${total - needed} again, finished turns paid twice ${paidTwice}`,
    )
  }
}
