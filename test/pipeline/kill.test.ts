import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { temporaryFolder } from '../fixtures.ts'
import { countingTeacher } from './counting-teacher.ts'

type Teacher = Awaited<ReturnType<typeof countingTeacher>>

const root = join(import.meta.dirname, '../..')
const concurrency = 3

/** Run the command; with `fuse`, kill it at that many events: requests, replies and lines of progress. */
async function runOnce(
  teacher: Teacher,
  runs: string,
  fuse = Number.POSITIVE_INFINITY,
): Promise<'killed' | 'finished'> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    'cli/main.ts',
    'run',
    'test/pipeline/kill.config.ts',
    '--json',
  ]
  const env = { ...process.env, TEACHER_URL: teacher.url, RUNS: runs }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  let events = 0
  const count = () => {
    if (++events === fuse) child.kill('SIGKILL')
  }
  teacher.events.on('event', count)
  createInterface({ input: child.stderr }).on('line', line => {
    lines.push(line)
    count()
  })
  const [code, signal] = await once(child, 'close')
  teacher.events.off('event', count)
  if (signal === 'SIGKILL') return 'killed'
  expect(code, lines.join('\n')).toBe(0)
  return 'finished'
}

/** Every file of an export, by its content. */
async function exported(runs: string): Promise<Record<string, string>> {
  const folder = join(runs, 'killed', 'export')
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  )
  const paths = names.map(entry => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path.slice(folder.length), sha256(await readFile(path))])),
  )
}

test('a run that is killed again and again ends as one that was not, and asks nothing twice', async () => {
  await using teacher = await countingTeacher()
  await using whole = await temporaryFolder()
  await runOnce(teacher, whole.path)
  const expected = await exported(whole.path)
  const requests = new Set(teacher.asked.keys())
  expect(Object.keys(expected).filter(path => path.endsWith('.parquet')).length).toBeGreaterThan(1)
  teacher.asked.clear()

  await using broken = await temporaryFolder()
  const fuses = Array.from({ length: 6 }, () => 3 + Math.floor(Math.random() * 22))
  let kills = 0
  for (const fuse of fuses) if ((await runOnce(teacher, broken.path, fuse)) === 'killed') kills++
  await runOnce(teacher, broken.path)

  expect(kills, `killed after ${fuses} events`).toBeGreaterThan(2)
  expect(await exported(broken.path), `killed after ${fuses} events`).toEqual(expected)
  expect(new Set(teacher.asked.keys())).toEqual(requests)
  // Only a call that was on the wire when the process died can have been made again.
  expect(teacher.repeats()).toBeLessThanOrEqual(kills * concurrency)
  const before = teacher.repeats()
  await runOnce(teacher, broken.path)
  expect(teacher.repeats()).toBe(before)
})
