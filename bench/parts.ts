// `npm run bench:parts [-- KILLS SEED PARTS TASKS]`: a run in three parts whose processes, and those of its merge, are
// killed 50 times at moments drawn from a seed; with 1 part, one process and its `curate`. Prints whether the export is
// that of a process that nobody killed, how many finished turns were paid twice, and what was charged beside the
// budget, which grows only when a process has come to its end.
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
import { sqlite } from '../store/sqlite.ts'
import { chance } from '../teachers/program/random.ts'
import { slowServer } from './server.ts'

const root = join(import.meta.dirname, '..')
const [kills, seed] = [Number(process.argv[2] ?? 50), process.argv[3] ?? randomBytes(4).toString('hex')]
const of = Number(process.argv[4] ?? 3)
const tasks = Number(process.argv[5] ?? 600)
/** USD for a million tokens. */
const rates = { input: 1, cachedInput: 1, cacheWrite: 1, output: 1 }

const folder = await mkdtemp(join(tmpdir(), 'kindling-parts-'))
await using server = await serving()
const prices = join(folder, 'prices.json')
await writeFile(
  prices,
  JSON.stringify({ prices: [{ models: ['slow'], date: '2026-01-01', source: 'a bench', ...rates }] }),
)

async function serving() {
  const slow = await slowServer({ latencyMs: 50, turns: 2, steady: true })
  return { ...slow, [Symbol.asyncDispose]: async () => slow[Symbol.dispose]() }
}

interface Work {
  runs: string
  args: string[]
  budget: number
}

/** When a process is killed: at so many lines of progress, or so many calls after it began. */
type Fuse = { lines: number } | { calls: number }

async function command({ runs, args: [name = '', ...rest], budget }: Work, fuse?: Fuse): Promise<string> {
  const env = {
    TEACHER_URL: server.baseURL,
    RUNS: join(folder, runs),
    PRICES: prices,
    BUDGET: String(budget),
    TASKS: String(tasks),
  }
  const args = [
    '--disable-warning=ExperimentalWarning',
    'cli/main.ts',
    name,
    'bench/parts.config.ts',
    ...rest,
    '--json',
  ]
  const before = (await server.served()).calls
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  let lines = 0
  const last: string[] = []
  createInterface({ input: child.stderr }).on('line', line => {
    if (last.push(line) > 12) last.shift()
    if (fuse && 'lines' in fuse && ++lines === fuse.lines) child.kill('SIGKILL')
  })
  if (fuse && 'calls' in fuse)
    while (child.exitCode === null && child.signalCode === null) {
      if ((await server.served()).calls >= before + fuse.calls) child.kill('SIGKILL')
      await sleep(5)
    }
  const [code, signal] = await ended
  if (signal !== 'SIGKILL' && ![0, 4].includes(code))
    throw new Error(`${name} ended with ${code}: ${last.join('\n')}`)
  return signal === 'SIGKILL' ? 'killed' : String(code)
}

const draw = (index: number, below: number) => 1 + Math.floor(chance(seed, index) * below)

const solving = (part: number) => (of === 1 ? ['run'] : ['run', '--shard', `${part}/${of}`])
const deciding = of === 1 ? ['curate'] : ['merge', '--allow-missing']

/** One in five kills what decides, as far as it is; of the others, each third is while tasks are read. */
function fuseOf(index: number): { args: string[]; fuse: Fuse } {
  if (index % 5 === 4) return { args: deciding, fuse: { lines: draw(index, 2 * tasks) } }
  const args = solving(draw(index + 0.5, of))
  return {
    args,
    fuse: index % 3 === 0 ? { lines: draw(index, Math.ceil(tasks / 2)) } : { calls: draw(index, 30) },
  }
}

/** The numbers of the answers that parts have stored. */
async function stored(runs: string): Promise<Set<number>> {
  const found = new Set<number>()
  for (const part of globSync(join(folder, runs, 'divided{,.part-*}'))) {
    if (!(await sqlite().isIn(part))) continue
    await using store = await sqlite().open(part)
    for await (const { value } of store.scan<Reply>('replies')) found.add(Number(/\d+/.exec(value.text)?.[0]))
  }
  return found
}

async function exported(runs: string): Promise<string> {
  const at = join(folder, runs, 'divided/export')
  const files = globSync('**/*.*', { cwd: at }).sort()
  const texts = await Promise.all(files.map(file => readFile(join(at, file), 'latin1')))
  return sha256(JSON.stringify(texts.map((text, index) => [files[index], sha256(withoutBefore(text))])))
}

const timesNow = async () => new Map((await server.served()).times)
const charged = async (from: number) =>
  (await server.served()).tokens.slice(from).reduce((sum, [, count]) => sum + count, 0) / 1e6

console.log(`${kills} kills of a run in ${of} ${of === 1 ? 'part' : 'parts'}, seed ${seed}`)
await command({ runs: 'whole', args: ['run'], budget: 1000 })
const needed = await charged(0)
const begun = (await server.served()).calls
const base = await timesNow()
console.log(`     one process: ${begun} calls, $${needed.toFixed(4)}`)

/** What is added when a process has come to the end of its share: so all of the run has hardly enough. */
const more = needed / 10
let [budget, killed, paidTwice, before, finished] = [more, 0, 0, base, new Set<number>()]
const statuses = new Map<string, number>()

/** One process, and what was paid meanwhile. */
async function step(args: string[], fuse?: Fuse): Promise<string> {
  const came = await command({ runs: 'parts', args, budget }, fuse)
  statuses.set(`${args[0]} ${came}`, (statuses.get(`${args[0]} ${came}`) ?? 0) + 1)
  const now = await timesNow()
  paidTwice += [...now].filter(
    ([number, times]) => finished.has(number) && times > (before.get(number) ?? 0),
  ).length
  ;[before, finished] = [now, await stored('parts')]
  const usd = await charged(begun)
  if (usd > budget) throw new Error(`$${usd} were charged, of a budget of $${budget}`)
  if (came === '4') budget += more
  return came
}

for (let index = 0; killed < kills; index++) {
  const { args, fuse } = fuseOf(index)
  if ((await step(args, fuse)) === 'killed') killed++
}
for (let part = of; part > 0; part--) while ((await step(solving(part))) === '4');
if (of > 1) await step(['merge'])
const calls = (await server.served()).calls - begun
console.log(`     ${[...statuses].map(([what, times]) => `${what}: ${times}`).join(', ')}`)
console.log(
  `     ${calls} calls in all, ${calls - begun} again, finished turns paid twice ${paidTwice}, $${(await charged(begun)).toFixed(4)} of $${budget.toFixed(4)}, which grew by $${more.toFixed(4)} at most at a time`,
)
console.log(
  `     export ${(await exported('parts')) === (await exported('whole')) ? 'is' : 'IS NOT'} that of one process that nobody killed`,
)
await rm(folder, { recursive: true })
