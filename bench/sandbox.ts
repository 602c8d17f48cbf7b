import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import '../cli/job-commands.ts'
import { searchHeapSeldom } from '../cli/heap.ts'
import { bubblewrap } from '../sandbox/bubblewrap.ts'
import type { Sandbox, Session } from '../sandbox/sandbox.ts'

// node bench/sandbox.ts [trajectories]
// One trajectory: open a noisy 1024 px PNG, crop and resize a part and show it, statistics over its pixels.

// In a process that holds what a command's does, and whose heap grows as it does there.
searchHeapSeldom()

const cells: string[][] = [
  ['from PIL import Image', "img = Image.open('image_1.png')", 'print(img.size, img.mode)'],
  ['part = img.crop((200, 200, 700, 700)).resize((1000, 1000), Image.LANCZOS)', 'part'],
  ['import numpy as np', "a = np.array(img.convert('L'))", 'print(a.mean(), int((a > 128).sum()))'],
]
const trajectories = Number(process.argv[2] ?? 60)
const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const
const background = '#808080'
const picture = await sharp({ create: { width: 1024, height: 1024, channels: 3, background, noise } })
  .png()
  .toBuffer()
const options = { files: { 'image_1.png': new Uint8Array(picture) }, prelude: '', seed: 0 }

const clockTickMs = 10
const fieldsOf = (pid: number | 'self'): string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function descendants(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        return [[Number(pid), Number(fieldsOf(Number(pid))[1])] as const]
      } catch {
        return []
      }
    })
  const under = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([pid]) => [pid, ...under(pid)])
  return under(root)
}

/** Processor time of this process and of everything below it, with what has already ended. */
function cpuMs(): number {
  const own = process.cpuUsage()
  const ticks = descendants(process.pid).flatMap(pid => fieldsOf(pid).slice(11, 15).map(Number))
  return (own.user + own.system) / 1000 + clockTickMs * ticks.reduce((sum, one) => sum + one, 0)
}

async function runCells(session: Session): Promise<void> {
  for (const lines of cells) {
    const { status, error } = await session.exec(lines.join('\n'))
    if (status !== 'ok') throw new Error(`a cell of the benchmark failed: ${status} ${error?.traceback}`)
  }
}

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function throughput(sandbox: Sandbox, atOnce: number) {
  let left = trajectories
  const work = async () => {
    while (left > 0) {
      left -= 1
      await using session = await sandbox.open(options)
      await runCells(session)
    }
  }
  const [cpu, wall] = [cpuMs(), performance.now()]
  await Promise.all(Array.from({ length: atOnce }, work))
  return {
    cpu: (cpuMs() - cpu) / trajectories,
    perSecond: trajectories / ((performance.now() - wall) / 1000),
  }
}

async function start(sandbox: Sandbox): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < 30; index += 1) {
    const begin = performance.now()
    await using _ = await sandbox.open({ files: {}, prelude: '', seed: 0 })
    times.push(performance.now() - begin)
  }
  return median(times)
}

async function roundTrip(sandbox: Sandbox): Promise<number> {
  await using session = await sandbox.open(options)
  const times: number[] = []
  for (let index = 0; index < 200; index += 1) times.push((await session.exec('None')).wallMs)
  return median(times)
}

/** Private memory in MB of an open session, and after its cells; root or the jail's owner can read it. */
async function privateMemory(sandbox: Sandbox): Promise<{ open: number; used: number }> {
  const before = new Set(descendants(process.pid))
  const sessions = await Promise.all(Array.from({ length: 8 }, () => sandbox.open(options)))
  const sizes = () =>
    descendants(process.pid)
      .filter(pid => !before.has(pid))
      .map(pid => {
        const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+)/gm)
        return [...lines].reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1000
      })
  const open = median(sizes())
  for (const session of sessions) await runCells(session)
  const used = median(sizes())
  for (const session of sessions) await session[Symbol.asyncDispose]()
  return { open, used }
}

function unjailed(count: number): { cpu: number; perSecond: number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'kindling-bench-'))
  writeFileSync(path.join(folder, 'image_1.png'), picture)
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const program = ['-s', '-B', file('warm_python.py'), file('../sandbox/inside'), folder, String(count)]
  const threads = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MPLBACKEND: 'agg' }
  const stdout = execFileSync('/usr/bin/python3', program, {
    input: JSON.stringify(cells),
    env: { ...process.env, ...threads, MPLCONFIGDIR: folder },
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString()
  rmSync(folder, { recursive: true })
  const [cpu = 0, wall = 0] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as number[]
  return { cpu: (cpu * 1000) / count, perSecond: count / wall }
}

await using sandbox = bubblewrap()
await runCells(await sandbox.open(options))
const bare = unjailed(trajectories)
const jailed = await throughput(sandbox, 1)
const twoCores = await throughput(sandbox, 4)
const again = unjailed(trajectories)
const bareCpu = (bare.cpu + again.cpu) / 2
const row = (name: string, here: string, without: string, goal: string) =>
  console.log([name.padEnd(44), here.padStart(12), without.padStart(16), goal.padStart(12)].join(''))

row('', 'jail', 'warm unjailed', 'goal')
row('CPU of a trajectory', `${jailed.cpu.toFixed(0)} ms`, `${bareCpu.toFixed(0)} ms`, '')
row('CPU against warm unjailed Python', `${(jailed.cpu / bareCpu).toFixed(2)}x`, '1x', '<= 1.25x')
row('start of a session', `${(await start(sandbox)).toFixed(1)} ms`, '-', '<= 45 ms')
row('round trip beyond the cell', `${(await roundTrip(sandbox)).toFixed(2)} ms`, '-', '<= 0.5 ms')
row(
  'trajectories per second, four at once',
  twoCores.perSecond.toFixed(1),
  `${bare.perSecond.toFixed(1)} (1 core)`,
  '>= 8',
)
const memory = await privateMemory(sandbox)
row('private memory of an open session', `${memory.open.toFixed(1)} MB`, '-', '<= 10 MB')
row('the same after its cells', `${memory.used.toFixed(1)} MB`, '-', '')
const [load = ''] = readFileSync('/proc/loadavg', 'utf8').split(' ')
console.log(
  `${trajectories} trajectories, image of ${(picture.length / 1e6).toFixed(1)} MB, load ${load} when it ended`,
)
