import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { countingTeacher } from '../pipeline/counting-teacher.ts'
import { exported, fusesFor } from '../pipeline/killing.ts'
import { redisServer } from '../servers/redis.ts'

const root = join(import.meta.dirname, '../..')
const concurrency = 3

type Teacher = Awaited<ReturnType<typeof countingTeacher>>

const command = (name: 'run' | 'worker', env: Record<string, string>) =>
  spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'cli/main.ts', name, 'test/workers/killed.config.ts', '--json'],
    { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  )

async function finished(child: ChildProcess): Promise<void> {
  const said = child.stderr ? text(child.stderr) : ''
  const [code] = await once(child, 'exit')
  expect(code, await said).toBe(0)
}

/** What one process makes of it, alone. */
async function alone(teacher: Teacher) {
  await using runs = await temporaryFolder()
  await finished(command('run', { TEACHER_URL: teacher.url, RUNS: runs.path }))
  const made = {
    files: await exported(runs.path),
    requests: new Set(teacher.asked.keys()),
    count: teacher.requests(),
  }
  teacher.asked.clear()
  return made
}

test('workers that are killed one after the other, and Redis with them, make what one process makes, and nothing twice', async () => {
  await using teacher = await countingTeacher()
  const expected = await alone(teacher)
  await using server = await redisServer()
  await using runs = await temporaryFolder()
  const env = { TEACHER_URL: teacher.url, RUNS: runs.path, REDIS: server.url }
  const fuses = fusesFor({ sure: 4, requests: expected.count, others: 0, within: [1, 2] })
  let [kills, seen] = [0, 0]
  let workers = [command('worker', env), command('worker', env), command('worker', env)]
  const quiet = () => {
    for (const worker of workers) worker.stderr?.resume()
  }
  quiet()
  const restarts: Promise<void>[] = []

  /** A worker at three of the fuses, the server at one. */
  function burn() {
    if (++seen !== fuses[kills]?.at) return
    seen = 0
    if (++kills === 3) return void restarts.push(server.killAndRestart())
    const [victim, ...others] = workers
    victim?.kill('SIGKILL')
    workers = [...others, command('worker', env)]
    quiet()
  }
  teacher.events.on('request', burn)
  try {
    await finished(command('run', env))
    await Promise.all(restarts)
  } finally {
    teacher.events.off('request', burn)
    for (const worker of workers) worker.kill('SIGKILL')
  }

  expect(kills).toBe(4)
  expect(await exported(runs.path)).toEqual(expected.files)
  expect(new Set(teacher.asked.keys())).toEqual(expected.requests)
  // Only calls that were on the wire when a worker died, or when Redis did, can have been made again.
  expect(teacher.repeats()).toBeLessThanOrEqual(3 * concurrency + 3 * concurrency)
})
