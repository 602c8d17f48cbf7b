// `npm run bench:workers` (bench H): a teacher of 2 s, 8 calls in flight for each process; one process alone, one worker
// and two. Prints how many calls a second are made, what a task costs a processor beside the start of a process, and
// after how long the calls of a worker that was killed are made by the other one.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { redisServer } from '../test/servers/redis.ts'
import useSmallPython from '../test/small-python.ts'
import { slowServer } from './server.ts'

useSmallPython()
const root = join(import.meta.dirname, '..')
const [latencyMs, few, many, lock] = [2000, 64, 256, 12]
const folder = await mkdtemp(join(tmpdir(), 'kindling-workers-'))

interface Part {
  child: ChildProcess
  /** Milliseconds of processors that it and its processes had. */
  cpuMs: Promise<number>
}

/** The command, timed by the shell: nothing else tells what it had when it is over. */
function start(name: 'run' | 'worker', env: Record<string, string>, ...more: string[]): Part {
  const args = ['--disable-warning=ExperimentalWarning', 'cli/main.ts', name, 'bench/workers.config.ts']
  const timed = ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', process.execPath, ...args, ...more]
  const child = spawn('bash', [...timed, '--json'], {
    cwd: root,
    env: { ...process.env, LOCK: String(lock), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const said = child.stderr ? text(child.stderr) : Promise.resolve('')
  const cpuMs = said.then(said => {
    const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(said) ?? []
    return (Number(user) + Number(system)) * 1000
  })
  return { child, cpuMs }
}

interface Made {
  callsPerSecond: number
  cpuMs: number
}

/** Do so many tasks with so many workers, or alone with none. */
async function made(workers: number, tasks: number): Promise<Made> {
  using teacher = await slowServer({ latencyMs })
  await using server = await redisServer()
  const common = {
    TEACHER_URL: teacher.baseURL,
    RUNS: join(folder, `${workers}-${tasks}`),
    TASKS: `${tasks}`,
  }
  const env = { ...common, REDIS: workers > 0 ? server.url : '' }
  const others = Array.from({ length: workers }, () => start('worker', env, '--once'))
  const all = [start('run', env), ...others]
  const cpu = await Promise.all(all.map(({ cpuMs }) => cpuMs))
  const asked = (await teacher.served()).tokens.map(([at]) => at)
  // Whoever starts later is not slower: counted from when all were asking to when the first of them had no more.
  const within = asked.slice(8 * Math.max(1, workers), -8 * Math.max(1, workers))
  const seconds = ((within.at(-1) ?? 0) - (within[0] ?? 0)) / 1000
  return { callsPerSecond: within.length / seconds, cpuMs: cpu.reduce((sum, each) => sum + each, 0) }
}

/** Seconds from the kill of one of two workers until its first and its last call are made again. */
async function takenOver(): Promise<[first: number, last: number]> {
  using teacher = await slowServer({ latencyMs, turns: 2, steady: true })
  await using server = await redisServer()
  const env = {
    TEACHER_URL: teacher.baseURL,
    RUNS: join(folder, 'killed'),
    TASKS: `${many}`,
    REDIS: server.url,
  }
  const [victim, other] = [start('worker', env, '--once'), start('worker', env, '--once')]
  const leader = start('run', env)
  while ((await teacher.served()).calls < 48) await sleep(50)
  process.kill(-(victim.child.pid ?? 0), 'SIGKILL')
  const at = Date.now()
  const seen: number[] = []
  const over = once(leader.child, 'exit').then(() => true)
  while (!(await Promise.race([over, sleep(100, false)]))) {
    const { repeats } = await teacher.served()
    while (seen.length < repeats.length) seen.push((Date.now() - at) / 1000)
  }
  await other.cpuMs
  return [seen[0] ?? Number.NaN, seen.at(-1) ?? Number.NaN]
}

const show = (what: string, words: string) => console.log(`     ${what.padEnd(14)} ${words}`)
console.log(`H  a teacher of ${latencyMs / 1000} s, 8 calls in flight for each process, ${many} tasks`)
const cost = new Map<number, { rate: number; cpuMs: number }>()
for (const workers of [0, 1, 2]) {
  const [small, large] = [await made(workers, few), await made(workers, many)]
  const cpuMs = (large.cpuMs - small.cpuMs) / (many - few)
  cost.set(workers, { rate: large.callsPerSecond, cpuMs })
  const name = ['one process', 'one worker', 'two workers'][workers] ?? ''
  show(name, `${large.callsPerSecond.toFixed(2)} calls a second, ${cpuMs.toFixed(1)} ms of processor a task`)
}
const ratio = (of: number, to: number, what: 'rate' | 'cpuMs') =>
  ((cost.get(of)?.[what] ?? 0) / (cost.get(to)?.[what] ?? 0)).toFixed(2)
show(
  'two workers',
  `make ${ratio(2, 1, 'rate')} times the calls of one, for ${ratio(2, 0, 'cpuMs')} of the processor`,
)
const [first, last] = await takenOver()
show(
  'taken over',
  `after ${first.toFixed(1)} s, the last call after ${last.toFixed(1)} s; the lock is ${lock} s`,
)
await rm(folder, { recursive: true })
