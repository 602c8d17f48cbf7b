// What a finished run costs that is run again, and whether a command takes more memory of a larger one:
// `npm run bench:again [-- TASKS [BESIDE [COMMAND…]]]`, 20,000 beside 1,000 by default. Each command is a process of
// its own, twice: as it is, for processor time and resident memory, and with garbage collected all the time, for the
// memory that lives. The runs stay in the folder for temporary files, so that the next bench need not make them.
import { spawn } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { slowServer } from './server.ts'

const root = join(import.meta.dirname, '..')
const config = join(import.meta.dirname, 'again.config.ts')
const otherwise = join(import.meta.dirname, 'again-otherwise.config.ts')
const counts = [Number(process.argv[3] ?? 1000), Number(process.argv[2] ?? 20_000)] as const

interface Cost {
  /** Seconds of processor time, of the process and those below it. */
  cpu: number
  /** Megabytes at most. */
  rss: number
  /** Megabytes that were in use after a collection, at most. */
  live: number
}

/** Commands that are looked at; all of them where none is named. */
const only = process.argv.slice(4)

const folderOf = (tasks: number) => join(tmpdir(), `kindling-again-${tasks}`)

async function makeTasks(folder: string, tasks: number): Promise<void> {
  await mkdir(join(folder, 'pictures'), { recursive: true })
  const lines: string[] = []
  for (let index = 0; index < tasks; index++) {
    const image = `pictures/${index}.png`
    const raw = { width: 16, height: 16, channels: 3 } as const
    await sharp(randomFillSync(new Uint8Array(16 * 16 * 3)), { raw }).toFile(join(folder, image))
    const question = `What is the number behind picture ${index}?`
    lines.push(JSON.stringify({ id: `task ${index}`, question, answer: '42', image }))
  }
  await writeFile(join(folder, 'tasks.jsonl'), lines.join('\n'))
}

/** A run that is finished. What it is asked at is part of it, so that is written down. */
async function finished(tasks: number): Promise<void> {
  const folder = folderOf(tasks)
  if (existsSync(join(folder, 'done'))) return
  await rm(folder, { recursive: true, force: true })
  await makeTasks(folder, tasks)
  using server = await slowServer({ latencyMs: 2 })
  await writeFile(join(folder, 'teacher'), server.baseURL)
  const { cpu, rss } = await command(folder, ['run', config], {})
  console.log(`${tasks} tasks, first run: ${cpu.toFixed(1)} CPU s, ${rss.toFixed(0)} MB at most`)
  await writeFile(join(folder, 'done'), '')
}

async function command(folder: string, args: string[], how: { live?: boolean }): Promise<Cost> {
  const report = join(folder, 'cost.json')
  const watching = ['--expose-gc', '--import', join(import.meta.dirname, 'watched.ts')]
  const env = { ...process.env, AGAIN: folder, WATCHED: report, ...(how.live && { WATCH_LIVE: '1' }) }
  const all = ['--disable-warning=ExperimentalWarning', ...watching, join(root, 'cli/main.ts'), ...args]
  const child = spawn(process.execPath, all, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit')
  // Refused, since it was not accepted that all is asked again.
  const expected = args.includes(otherwise) ? 2 : 0
  if (status !== expected) throw new Error(`kindling ${args.join(' ')} ended with status ${status}`)
  return JSON.parse(await readFile(report, 'utf8'))
}

/** Row groups are whole for a moment only: a short command is done again, so that its moments are met as often. */
const looks = 8

async function cost(tasks: number, args: string[]): Promise<Cost> {
  const plain = await command(folderOf(tasks), args, {})
  let live = 0
  for (let done = 0; done < (tasks <= 1000 ? looks : 1); done++)
    live = Math.max(live, (await command(folderOf(tasks), args, { live: true })).live)
  return { ...plain, live }
}

const commands: Record<string, (tasks: number) => string[]> = {
  'run again': () => ['run', config],
  otherwise: () => ['run', otherwise, '--json'],
  curate: () => ['curate', config],
  export: () => ['export', config],
  stats: tasks => ['stats', join(folderOf(tasks), 'again')],
  show: tasks => ['show', `task ${tasks - 1}`, '--run', join(folderOf(tasks), 'again')],
}

const line = ({ cpu, rss, live }: Cost) =>
  [`${cpu.toFixed(1)} CPU s`, `${rss.toFixed(0)} MB at most`, `${live.toFixed(1)} MB live`]
    .map(each => each.padStart(15))
    .join('')

for (const tasks of counts) await finished(tasks)
for (const [name, argsOf] of Object.entries(commands)) {
  if (only.length > 0 && !only.includes(name)) continue
  const [small, large] = [await cost(counts[0], argsOf(counts[0])), await cost(counts[1], argsOf(counts[1]))]
  const ratio = (of: keyof Cost) => (large[of] / small[of]).toFixed(2)
  for (const [index, each] of [small, large].entries())
    console.log(`${name.padEnd(10)} ${String(counts[index]).padStart(6)} tasks ${line(each)}`)
  console.log(`${name.padEnd(10)} times as much: ${ratio('rss')} at most, ${ratio('live')} live`)
}
