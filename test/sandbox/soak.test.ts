import { expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { descendants, openFiles, residentMb } from './processes.ts'

const kinds: [code: string, status: string, timeoutMs: number][] = [
  ['x = 1\nx + 1', 'ok', 60_000],
  ['while True: pass', 'timeout', 100],
  ['import os; os._exit(3)', 'crash', 60_000],
  ['import ctypes; ctypes.string_at(0)', 'crash', 60_000],
  ['print("y" * 300_000)', 'ok', 60_000],
  ['import subprocess; subprocess.Popen(["/usr/bin/sleep", "1000"])', 'ok', 60_000],
]

async function trajectory(sandbox: Sandbox, index: number): Promise<string | null> {
  const [code, expected, timeoutMs] = kinds[index % kinds.length] ?? ['', '', 0]
  await using session = await sandbox.open({ files: {}, prelude: '', seed: index })
  const { status } = await session.exec(code, { timeoutMs })
  return status === expected ? null : `${index}: ${status} instead of ${expected}`
}

async function many(sandbox: Sandbox, count: number, atOnce: number): Promise<string[]> {
  let next = 0
  const wrong: string[] = []
  const work = async () => {
    while (next < count) {
      const index = next
      next += 1
      const surprise = await trajectory(sandbox, index)
      if (surprise) wrong.push(surprise)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return wrong
}

test('600 mixed trajectories leave no process, no descriptor and no memory behind', async () => {
  await using sandbox = bubblewrap()
  await many(sandbox, 24, 4)
  const family = descendants(process.pid)
  const server = family
    .filter(({ name }) => name === 'python3')
    .sort((a, b) => residentMb(b.pid) - residentMb(a.pid))[0]
  if (!server) throw new Error('there is no fork server')
  const before = { memory: residentMb(server.pid), files: openFiles(server.pid), ours: openFiles('self') }
  expect(await many(sandbox, 600, 4)).toEqual([])
  expect(descendants(process.pid).map(({ pid }) => pid)).toEqual(family.map(({ pid }) => pid))
  expect(openFiles(server.pid)).toBe(before.files)
  await expect.poll(() => openFiles('self'), { timeout: 60_000 }).toBeLessThanOrEqual(before.ours)
  expect(residentMb(server.pid)).toBeLessThan(before.memory + 8)
})
