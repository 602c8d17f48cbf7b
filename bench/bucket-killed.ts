// `npm run bench:bucket [-- KILLS SEED]`: a run in a bucket, on two machines in turn, whose processes are killed 50
// times at moments drawn from a seed while the way to the bucket fails, too. Prints whether the export is that of one
// process in SQLite, how many finished turns were paid twice, what was charged beside the budget, and whether a machine
// that had lost the run wrote anything.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { withoutBefore } from '../output/numbered/alike.ts'
import { sha256 } from '../schemas/hash.ts'
import type { Reply } from '../schemas/trajectory.ts'
import { runFrom, storeOf } from '../store/default.ts'
import { chance } from '../teachers/program/random.ts'
import { bucketProxy, type Fate } from '../test/store/bucket-proxy.ts'
import { bucketServer } from '../test/tasks/remote/servers.ts'
import { slowServer } from './server.ts'

const root = join(import.meta.dirname, '..')
const [kills, seed] = [Number(process.argv[2] ?? 50), process.argv[3] ?? randomBytes(4).toString('hex')]
/** USD for a million tokens. */
const rates = { input: 1, cachedInput: 1, cacheWrite: 1, output: 1 }

const folder = await mkdtemp(join(tmpdir(), 'kindling-bucket-'))
using server = await slowServer({ latencyMs: 50, turns: 2, steady: true })
await using buckets = await bucketServer()
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: buckets.origin,
})
const prices = join(folder, 'prices.json')
await writeFile(
  prices,
  JSON.stringify({ prices: [{ models: ['slow'], date: '2026-01-01', source: 'a bench', ...rates }] }),
)

/** A machine: its folder, and its way to the bucket. */
const machine = async (name: string) => ({ runs: name, between: await bucketProxy(buckets.origin) })
type Machine = Awaited<ReturnType<typeof machine>>
const machines = [await machine('one'), await machine('other')] as const

interface Work {
  runs: string
  /** Where the bucket is; a run in SQLite without. */
  endpoint?: string
  name: 'run' | 'curate' | 'export'
  budget: number
}

function start({ runs, endpoint, name, budget }: Work) {
  const env = {
    TEACHER_URL: server.baseURL,
    RUNS: join(folder, runs),
    PRICES: prices,
    BUDGET: String(budget),
    ...(endpoint && { BUCKETS: endpoint }),
  }
  const flags = ['--disable-warning=ExperimentalWarning', 'cli/main.ts']
  const child = spawn(
    process.execPath,
    [...flags, name, 'bench/bucket-killed.config.ts', '--wait', '5m', '--json'],
    { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let last = ''
  createInterface({ input: child.stderr }).on('line', line => {
    last = line
  })
  return { child, closed: once(child, 'close'), last: () => last }
}
type Process = ReturnType<typeof start>

/** Whether it was killed, or its status. */
async function ended({ closed, last }: Process, allowed: readonly number[] = [0, 4]): Promise<string> {
  const [code, signal] = await closed
  if (signal !== 'SIGKILL' && !allowed.includes(code)) throw new Error(`it ended with ${code}: ${last()}`)
  return signal === 'SIGKILL' ? 'killed' : String(code)
}

const draw = (index: number, below: number) => 1 + Math.floor(chance(seed, index) * below)

const faults = ['handed on', 503, 429, 'reset', 'cut off', 'answer lost', 'stopped'] as const
/** Milliseconds for which a request hangs before it is cut off. */
const hangs = 3000

/** Sends a signal with one of the requests to the bucket, whatever becomes of it; some before it fail. */
function fuse({ between }: Machine, { child }: Process, index: number, signal: NodeJS.Signals = 'SIGKILL') {
  const fails = faults[draw(index + 0.1, faults.length) - 1] ?? 'handed on'
  const at = draw(index + 0.2, 40)
  const failing = draw(index + 0.3, at)
  let seen = 0
  const burnt = Promise.withResolvers<void>()
  between.state.fate = async (): Promise<Fate> => {
    const number = ++seen
    if (number === at) {
      child.kill(signal)
      burnt.resolve()
    }
    if (number !== failing) return 'handed on'
    if (fails === 'stopped') await sleep(hangs)
    return fails === 'stopped' ? 'cut off' : fails
  }
  return { fails, burnt: burnt.promise }
}

/** The numbers of the answers that lie in the bucket. */
async function stored(): Promise<Set<number>> {
  const found = new Set<number>()
  const run = await runFrom('s3://bucket/runs/killed', join(folder, 'looking')).catch(() => undefined)
  if (run === undefined) return found
  await using store = await (await storeOf(run)).read(run)
  for await (const { value } of store.scan<Reply>('replies')) found.add(Number(/\d+/.exec(value.text)?.[0]))
  return found
}

async function exported(runs: string): Promise<string> {
  const at = join(folder, runs, 'killed/export')
  const files = globSync('**/*.*', { cwd: at }).sort()
  if (files.length === 0) throw new Error(`${at} is empty`)
  const texts = await Promise.all(files.map(file => readFile(join(at, file), 'latin1')))
  return sha256(JSON.stringify(texts.map((text, index) => [files[index], sha256(withoutBefore(text))])))
}

const timesNow = async () => new Map((await server.served()).times)
const charged = async (from: number) =>
  (await server.served()).tokens.slice(from).reduce((sum, [, count]) => sum + count, 0) / 1e6

console.log(`${kills} kills of a run in a bucket, seed ${seed}`)
await ended(start({ runs: 'whole', name: 'run', budget: 1000 }))
const needed = await charged(0)
const begun = (await server.served()).calls
console.log(`     one process in SQLite: ${begun} calls, $${needed.toFixed(4)}`)

/** At first less than is needed, so that the run comes to its end; then enough for lost calls at their worst. */
const budgets = [needed * 0.6, needed * 100] as const
let [killed, paidTwice, before, finished] = [0, 0, await timesNow(), new Set<number>()]
const came = new Map<string, number>()
const count = (what: string) => came.set(what, (came.get(what) ?? 0) + 1)

async function settle(budget: number) {
  const now = await timesNow()
  paidTwice += [...now].filter(
    ([number, times]) => finished.has(number) && times > (before.get(number) ?? 0),
  ).length
  ;[before, finished] = [now, await stored()]
  const usd = await charged(begun)
  if (usd > budget) throw new Error(`$${usd} were charged, of a budget of $${budget}`)
}

const on = ({ runs, between }: Machine, name: Work['name'], budget: number) =>
  start({ runs, endpoint: between.origin, name, budget })

/** The process of one machine is stopped, another one takes the run over; then the first one wakes. */
async function stopped(index: number, [first, second]: readonly [Machine, Machine], budget: number) {
  const sleeper = on(first, 'run', budget)
  const halted = fuse(first, sleeper, index, 'SIGSTOP').burnt.then(() => 'halted')
  if ((await Promise.race([halted, sleeper.closed])) !== 'halted') return ended(sleeper)
  const taker = on(second, 'run', budget)
  fuse(second, taker, index + 0.5)
  const end = await ended(taker)
  const heard = first.between.heard.length
  sleeper.child.kill('SIGCONT')
  count(`stopped and woken: ${await ended(sleeper, [0, 4, 75])}`)
  const written = first.between.heard
    .slice(heard)
    .filter(({ asked, status }) => /^PUT .*\/log\//.test(asked) && status === 200)
  if (written.length > 0) count('WRITTEN BY WHO HAD LOST THE RUN')
  return end
}

let at = 0
for (let index = 0; killed < kills && index < kills * 4; index++) {
  const budget = budgets[killed < kills / 5 ? 0 : 1]
  // Every fourth is on the other machine; now and then a machine has lost its folder.
  if (index % 4 === 3) at = 1 - at
  const pair = at === 0 ? machines : ([machines[1], machines[0]] as const)
  if (index % 11 === 5) await rm(join(folder, pair[0].runs), { recursive: true, force: true })
  const name = index % 5 === 4 ? 'curate' : 'run'
  let end: string
  if (index % 8 === 6) {
    end = await stopped(index, pair, budget)
    at = 1 - at
    count(`stopped ${end}`)
  } else {
    const process = on(pair[0], name, budget)
    const { fails } = fuse(pair[0], process, index)
    end = await ended(process, name === 'curate' ? [0, 3, 4, 6] : [0, 3, 4])
    count(`${name} ${end}`)
    count(`way ${fails}`)
  }
  if (end === 'killed') killed++
  await settle(budget)
}
for (const { between } of machines) between.state.fate = () => 'handed on'
await ended(on(machines[1], 'run', budgets[1]))
await settle(budgets[1])
// A third machine, which was never there, has it all from the bucket.
const third = await machine('third')
await ended(on(third, 'export', budgets[1]))
const calls = (await server.served()).calls - begun
console.log(`     ${[...came].map(([what, times]) => `${what}: ${times}`).join(', ')}`)
console.log(
  `     ${killed} killed, ${calls} calls in all, ${calls - begun} again, finished turns paid twice ${paidTwice}, $${(await charged(begun)).toFixed(4)} of $${budgets[1].toFixed(4)}`,
)
for (const runs of ['other', 'third'])
  console.log(
    `     export of the ${runs} machine ${(await exported(runs)) === (await exported('whole')) ? 'is' : 'IS NOT'} that of one process`,
  )
for (const { between } of [...machines, third]) await between[Symbol.asyncDispose]()
await rm(folder, { recursive: true })
