import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import sharp from 'sharp'
import { eachConcurrent } from '../pipeline/concurrent.ts'
import { defineConfig } from '../pipeline/config.ts'
import { runOn } from '../pipeline/jobs/open-run.ts'
import { makePlan } from '../pipeline/plan.ts'
import { settings } from '../pipeline/settings.ts'
import { solve } from '../pipeline/solve/solve.ts'
import { bubblewrap } from '../sandbox/bubblewrap.ts'
import { processorMs } from '../sandbox/processor-time.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { openSqliteLimiter } from '../store/sqlite-limiter.ts'
import { intake } from '../tasks/intake.ts'
import type { TaskSource } from '../tasks/source.ts'
import { openai } from '../teachers/openai.ts'
import type { Teacher } from '../teachers/teacher.ts'

export interface Cost {
  /** Seconds. */
  wall: number
  cpu: number
}

const signal = new AbortController().signal

export async function measured(work: () => Promise<void>): Promise<Cost> {
  const [before, start] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }
}

/** The same with what processes below this one had, such as those that decode pictures. */
export async function measuredWithProcesses(work: () => Promise<void>): Promise<Cost> {
  const before = processorMs(process.pid)
  const { wall } = await measured(work)
  return { wall, cpu: (processorMs(process.pid) - before) / 1000 }
}

const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#336699' } })
  .png()
  .toBuffer()

export const benchTasks = (count: number): TaskSource => ({
  name: 'bench',
  options: {},
  async *read() {
    for (let index = 0; index < count; index++) {
      const place = `bench:${index}`
      yield {
        place,
        id: place,
        question: `What is the number behind picture ${index}?`,
        images: [{ place, bytes: picture }],
        choices: null,
        answer: '42',
        answerType: 'number',
        tolerance: null,
        category: 'bench',
        source: { name: 'bench', licence: 'Apache-2.0' },
        meta: {},
      }
    }
  },
})

/** Single-turn rollouts with the durable store on; what they cost once they are planned. */
export async function kindling(teacher: Teacher, calls: number, inFlight: number): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  await using sandbox = bubblewrap()
  await using store = await openSqliteStore(folder)
  using limiter = openSqliteLimiter(folder)
  const plain = defineConfig({
    name: 'bench',
    tasks: benchTasks(calls),
    teachers: [teacher],
    tools: [],
    sandbox,
    checks: [],
    filters: [],
    exports: [],
    limits: { concurrency: inFlight },
  })
  const run = await runOn(store, settings(plain), { listen: () => {}, signal, asks: 'anybody', limiter })
  await sandbox.describe()
  const plan = await makePlan((await intake(run.config.tasks, store)).fingerprint, run)
  const cost = await measured(() => solve(plan, run))
  if ((await store.count('replies')) !== calls) throw new Error('not every call was answered')
  await rm(folder, { recursive: true })
  return cost
}

/** The same calls by the official client and nothing else. */
export async function bareLoop(baseURL: string, bodies: unknown[], inFlight: number): Promise<Cost> {
  const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 100 })
  let answers = 0
  const ask = async (body: unknown) => {
    const completion = await client.chat.completions.create(
      body as OpenAI.ChatCompletionCreateParamsNonStreaming,
    )
    if (completion.choices[0]?.message.content?.includes('42')) answers++
  }
  async function* each() {
    yield* bodies
  }
  const cost = await measured(() => eachConcurrent(each(), inFlight, ask, signal))
  if (answers !== bodies.length) throw new Error('not every call was answered')
  return cost
}

/** The bodies that kindling sends, so that the bare loop can send the same. */
export async function bodiesOf(baseURL: string, calls: number): Promise<unknown[]> {
  const bodies: unknown[] = []
  const client = new OpenAI({
    baseURL,
    apiKey: 'none',
    fetch: (url, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return fetch(url, init)
    },
  })
  await kindling(openai({ model: 'slow', baseURL, client, stream: false }), calls, 50)
  return bodies
}
