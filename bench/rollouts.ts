// 1,000 single-turn rollouts with the durable store on, beside a bare loop of the `openai` client that makes the same
// calls to the same loopback server. Wall and CPU time as ratios, in turns, in one process; the server is another.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import sharp from 'sharp'
import { eachConcurrent } from '../pipeline/concurrent.ts'
import { defineConfig, settings } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/plan.ts'
import { synthesize } from '../pipeline/synthesize.ts'
import { bubblewrap } from '../sandbox/bubblewrap.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { intake } from '../tasks/intake.ts'
import type { TaskSource } from '../tasks/source.ts'
import { openai } from '../teachers/openai.ts'
import type { Teacher } from '../teachers/teacher.ts'

const calls = Number(process.argv[2] ?? 1000)
const latencyMs = 200
const inFlight = 50
const rounds = 3
const signal = new AbortController().signal

interface Cost {
  wall: number
  cpu: number
}

async function measured(work: () => Promise<void>): Promise<Cost> {
  const [before, start] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }
}

const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#336699' } })
  .png()
  .toBuffer()

const tasks: TaskSource = {
  name: 'bench',
  options: {},
  async *read() {
    for (let index = 0; index < calls; index++) {
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
}

/** The teacher, writing down the bodies that it sends, so that the bare loop can send the same. */
function recording(baseURL: string, bodies: unknown[]): Teacher {
  const client = new OpenAI({
    baseURL,
    apiKey: 'none',
    fetch: (url, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return fetch(url, init)
    },
  })
  return openai({ model: 'slow', baseURL, client })
}

async function kindling(teacher: Teacher): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  await using sandbox = bubblewrap()
  await using store = await openSqliteStore(folder)
  const config = settings(
    defineConfig({
      name: 'bench',
      tasks,
      teachers: [teacher],
      tools: [],
      sandbox,
      checks: [],
      filters: [],
      exports: [],
      limits: { concurrency: inFlight },
    }),
  )
  await sandbox.describe()
  const plan = await makePlan(config, store, (await intake(config.tasks, store)).fingerprint)
  const cost = await measured(() => synthesize(plan, config, store, () => {}, signal))
  if ((await store.count('trajectories')) !== calls) throw new Error('not every rollout was stored')
  await rm(folder, { recursive: true })
  return cost
}

async function bareLoop(baseURL: string, bodies: unknown[]): Promise<Cost> {
  const client = new OpenAI({ baseURL, apiKey: 'none' })
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
  if (answers !== calls) throw new Error('not every call was answered')
  return cost
}

const server = fork(join(import.meta.dirname, 'slow-server.ts'), [String(latencyMs)], {
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
})
const [port] = await once(server.stdout ?? server, 'data')
const baseURL = `http://127.0.0.1:${String(port).trim()}/v1`

const bodies: unknown[] = []
await kindling(recording(baseURL, bodies))
const ideal = (Math.ceil(calls / inFlight) * latencyMs) / 1000
console.log(
  `${calls} calls of ${latencyMs} ms, ${inFlight} in flight; ideal ${ideal.toFixed(2)} s; ${rounds} rounds in turns`,
)
const ratios: Cost[] = []
for (let round = 1; round <= rounds; round++) {
  const bare = await bareLoop(baseURL, bodies)
  const ours = await kindling(openai({ model: 'slow', baseURL }))
  ratios.push({ wall: ours.wall / bare.wall, cpu: ours.cpu / bare.cpu })
  for (const [name, { wall, cpu }] of Object.entries({ 'bare loop': bare, kindling: ours })) {
    console.log(`  round ${round}  ${name.padEnd(9)}  wall ${wall.toFixed(2)} s  CPU ${cpu.toFixed(2)} s`)
  }
}
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
console.log(
  `kindling / bare loop, median: wall ${median(ratios.map(({ wall }) => wall)).toFixed(2)}×, CPU ${median(ratios.map(({ cpu }) => cpu)).toFixed(2)}×`,
)
server.disconnect()
