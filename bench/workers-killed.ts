// `npm run bench:workers-killed [-- KILLS SEED]`: a run that three workers share is killed 50 times while it goes on, at
// moments drawn from a seed: a worker, Redis, the leader, or all of them. The last two fifths of the kills wait until it
// measures, decides and exports. Prints whether the export is that of one process, how many finished turns were paid
// twice, and what was charged of a budget that is raised only when it is used up.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Reply } from '../schemas/trajectory.ts'
import { sqlite } from '../store/sqlite.ts'
import { chance } from '../teachers/program/random.ts'
import { exported } from '../test/pipeline/killing.ts'
import { redisServer } from '../test/servers/redis.ts'
import useSmallPython from '../test/small-python.ts'
import { numberedTeacher, numberOf, usdOf } from './numbered-teacher.ts'

useSmallPython()
const root = join(import.meta.dirname, '..')
const [most, seed] = [Number(process.argv[2] ?? 50), process.argv[3] ?? randomBytes(4).toString('hex')]
const [tasks, among] = [120, 3]
const early = Math.ceil(most * 0.6)
/** Events between two kills, at most: requests, replies and lines of progress. */
const spanOf = (index: number) => Math.ceil((tasks * (index < early ? 20 : 5)) / most)
const lateStages: readonly string[] = ['verify', 'curate', 'export']

const folder = await mkdtemp(join(tmpdir(), 'kindling-workers-'))
await using teacher = await numberedTeacher(happened)
await using server = await redisServer()
const prices = join(folder, 'prices.json')
const rates = { input: 1, cachedInput: 1, cacheWrite: 1, output: 1, imageTokens: 500 }
await writeFile(
  prices,
  JSON.stringify({
    prices: [{ models: ['kindling-program-1'], date: '2026-01-01', source: 'a bench', ...rates }],
  }),
)

/** What is killed, each as often as it stands here. */
const kinds = [
  'worker',
  'worker',
  'worker',
  'worker',
  'worker',
  'redis',
  'redis',
  'leader',
  'leader',
  'all',
] as const
type Kind = (typeof kinds)[number]

const draw = (index: number, below: number) => Math.floor(chance(seed, index) * below)
const kindOf = (index: number): Kind => kinds[draw(index + 0.25, kinds.length)] ?? 'worker'

function start(name: 'run' | 'worker', runs: string, more: Record<string, string>): ChildProcess {
  const env = {
    TEACHER_URL: teacher.url,
    RUNS: join(folder, runs),
    PRICES: prices,
    TASKS: `${tasks}`,
    ...more,
  }
  const args = [
    '--disable-warning=ExperimentalWarning',
    'cli/main.ts',
    name,
    'bench/workers-killed.config.ts',
  ]
  return spawn(process.execPath, [...args, '--json'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

let stage = 'start'

/** Run the leader to its end; what it says last, if it was not killed. */
async function led(child: ChildProcess): Promise<{ ended: 'killed' | number; last: string }> {
  const closed = once(child, 'close')
  let last = ''
  createInterface({ input: child.stderr ?? process.stdin }).on('line', line => {
    last = line.startsWith('{') ? line : `${last}\n${line}`
    stage = /"stage":"(\w+)"/.exec(line)?.[1] ?? stage
    happened()
  })
  const [code, signal] = await closed
  return { ended: signal === 'SIGKILL' ? 'killed' : code, last }
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** The numbers of the requests whose replies are in the store. */
async function stored(): Promise<Set<number>> {
  const at = join(folder, 'shared', 'killed')
  if (!(await sqlite().isIn(at))) return new Set()
  await using store = await sqlite().open(at)
  const replies = await Array.fromAsync(store.scan<Reply>('replies'))
  return new Set(replies.map(({ value }) => numberOf(value.usage.input)))
}

/** When each turn was finished at the latest, as far as looks at the store tell. */
const finishedBy = new Map<number, number>()
async function look() {
  for (const number of await stored()) if (!finishedBy.has(number)) finishedBy.set(number, Date.now())
}

const from = { asked: 0 }
const charged = () => teacher.asked.slice(from.asked).reduce((sum, each) => sum + usdOf(each), 0)

let leader: ChildProcess | undefined
let workers: ChildProcess[] = []
const faults = new Map<string, number>()

function worker(): ChildProcess {
  const child = start('worker', 'shared', { REDIS: server.url, BUDGET: '1' })
  let last = ''
  createInterface({ input: child.stderr ?? process.stdin }).on('line', line => {
    last = line.startsWith('{') ? line : `${last}\n${line}`
  })
  child.on('exit', (code, signal) => {
    if (signal === 'SIGKILL') return
    const fault = `a worker ended with ${code}: ${last.slice(0, 200)}`
    faults.set(fault, (faults.get(fault) ?? 0) + 1)
    workers = [...workers.filter(each => each !== child), worker()]
  })
  return child
}

async function killWorkers(some: readonly ChildProcess[]) {
  workers = workers.filter(each => !some.includes(each))
  await Promise.all(some.map(kill))
}

const ways: Record<Kind, (index: number) => Promise<void>> = {
  async worker(index) {
    await killWorkers(workers.slice(draw(index + 0.5, among)).slice(0, 1))
  },
  redis: () => server.killAndRestart(),
  leader: () => kill(leader),
  async all() {
    await Promise.all([kill(leader), killWorkers(workers), server.killAndRestart()])
  },
}

const killed: { kind: Kind; stage: string }[] = []
let [seen, next] = [0, 1 + draw(0, spanOf(0))]
let killing: Promise<void> | undefined
let armed = false

async function burn() {
  const index = killed.length
  const kind = kindOf(index)
  killed.push({ kind, stage })
  await ways[kind](index)
  await look()
  while (workers.length < among) workers.push(worker())
  ;[seen, next] = [0, 1 + draw(index + 1, spanOf(index + 1))]
  killing = undefined
}

function happened() {
  if (!armed || killing || killed.length === most) return
  if (killed.length >= early && !lateStages.includes(stage)) return
  if (++seen < next) return
  killing = burn()
}

console.log(`${most} kills of a run that ${among} workers share, seed ${seed}`)
const alone = await led(start('run', 'whole', { BUDGET: '1000' }))
if (alone.ended !== 0) throw new Error(`one process ended with ${alone.ended}: ${alone.last}`)
const expected = await exported(join(folder, 'whole'))
const needed = charged()
from.asked = teacher.asked.length
console.log(`     one process: ${from.asked} calls, $${needed.toFixed(4)}`)

let budget = needed / 2
const ends = new Map<string, number>()
workers = Array.from({ length: among }, worker)
armed = true
for (let over = false; !over; ) {
  stage = 'start'
  leader = start('run', 'shared', { REDIS: server.url, BUDGET: String(budget) })
  const { ended, last } = await led(leader)
  await killing
  if (charged() > budget) throw new Error(`$${charged()} were charged, of a budget of $${budget}`)
  ends.set(String(ended), (ends.get(String(ended)) ?? 0) + 1)
  if (ended === 4) budget += needed / 2
  else if (ended !== 'killed' && ended !== 0) throw new Error(`the leader ended with ${ended}: ${last}`)
  over = ended === 0 && killed.length === most
}
armed = false
for (const child of workers) child.removeAllListeners('exit')
await killWorkers(workers)

const calls = teacher.asked.slice(from.asked)
const twice = calls.filter(
  ({ number, at }) => (finishedBy.get(number) ?? Number.POSITIVE_INFINITY) < at,
).length
const counts = (of: 'kind' | 'stage') =>
  [...Map.groupBy(killed, each => each[of])].map(([what, { length }]) => `${what} ${length}`).join(', ')
const same = JSON.stringify(await exported(join(folder, 'shared'))) === JSON.stringify(expected)
console.log(`     killed: ${counts('kind')}; during ${counts('stage')}`)
console.log(`     leaders ended: ${[...ends].map(([how, times]) => `${how} ${times} times`).join(', ')}`)
for (const [fault, times] of faults) console.log(`     ${times} times ${fault}`)
console.log(
  `     ${calls.length} calls in all, ${calls.length - from.asked} again, finished turns paid twice ${twice}, $${charged().toFixed(4)} charged of $${budget.toFixed(4)}`,
)
console.log(`     export ${same ? 'is' : 'IS NOT'} that of one process`)
await rm(folder, { recursive: true })
