import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { jail } from '../../sandbox/bubblewrap.ts'
import { ownControlGroup } from '../../sandbox/control-group.ts'
import type { Protection } from '../../sandbox/protections.ts'
import type { Sandbox, Session } from '../../sandbox/sandbox.ts'

const processes = 6 * availableParallelism()
const limits = { cellMs: 60_000, processes: processes + 8 }
const given = { files: {}, prelude: 'import os, time', seed: 0 }

/** Gives the seconds of processor time that it took. */
const work = `begin = time.process_time()
total = 0
for number in range(6_000_000): total += number
time.process_time() - begin`

/** Keeps every processor busy, in sessions of their own, until its session is closed. */
const hog = `for _ in range(${processes}):
    if os.fork() == 0:
        os.setsid()
        while True: pass
open('all.png', 'w').close()
while True: pass`

/** Runs a cell beside a session that is busy in many processes. */
async function beside<T>(sandbox: Sandbox, use: (honest: Session) => Promise<T>): Promise<T> {
  await using honest = await sandbox.open(given)
  await using busy = await sandbox.open(given)
  void busy.exec(hog, { timeoutMs: 600_000 })
  return await use(honest)
}

async function secondsOf(session: Session): Promise<number> {
  const { status, result } = await session.exec(work)
  if (status !== 'ok') throw new Error(`the work ended with ${status}`)
  return Number(result)
}

test.each<[Protection[], string]>([
  [['cpu_share'], 'ok'],
  [['cpu_share', 'cpu_time'], 'timeout'],
])('without %j a cell that others keep waiting ends with %s', async (off, status) => {
  await using sandbox = jail({ limits }, off)
  const seen = await beside(sandbox, async honest => {
    const alone = await secondsOf(honest)
    return await honest.exec(work, { timeoutMs: alone * 2500 })
  })
  expect(seen.status).toBe(status)
})

test('a cell that has had its time is stopped, however many keep it waiting', async () => {
  await using sandbox = jail({ limits }, ['cpu_share'])
  const seen = await beside(sandbox, honest => honest.exec('while True: pass', { timeoutMs: 300 }))
  expect(seen.status).toBe('timeout')
})

test('reading endless small writes takes less than a tenth of a processor', async () => {
  await using sandbox = jail({ limits }, [])
  await using session = await sandbox.open(given)
  const [begin, used] = [performance.now(), process.cpuUsage()]
  await session.exec('while True: os.write(1, b"z")', { timeoutMs: 3000 })
  const { user, system } = process.cpuUsage(used)
  expect((user + system) / 1000 / (performance.now() - begin)).toBeLessThan(0.1)
})

/** Whether this user may make control groups here. */
async function groupsCanBeMade(): Promise<boolean> {
  const child = spawn('cat')
  const leave = await ownControlGroup(child.pid ?? 0, 512)
  child.stdin.end()
  await once(child, 'close')
  leave?.()
  return leave !== null
}

const canShare = await groupsCanBeMade()

test('sessions share the processors, however many processes each has, where groups can be made', async () => {
  /** How much longer the work takes than it has of the processors. */
  const stretch = async (off: Protection[]) => {
    await using sandbox = jail({ limits }, off)
    return await beside(sandbox, async honest => {
      const begin = performance.now()
      const seconds = await secondsOf(honest)
      return (performance.now() - begin) / 1000 / seconds
    })
  }
  const [shared, alone] = [await stretch([]), await stretch(['cpu_share'])]
  expect(shared / alone).toBeLessThan(canShare ? 0.7 : 10)
})

test('no control group outlives its session', async () => {
  const left = () =>
    existsSync('/sys/fs/cgroup')
      ? execFileSync('find', ['/sys/fs/cgroup', '-name', `kindling-${process.pid}-*`]).toString()
      : ''
  await using sandbox = jail({ limits }, [])
  const session = await sandbox.open(given)
  expect(left() !== '').toBe(canShare)
  await session[Symbol.asyncDispose]()
  await expect.poll(left).toBe('')
})

test('what no figure tells is bounded by a control group, where one for memory can be made', async () => {
  await using sandbox = jail({ limits }, ['watchdog'], { addressSpaceMb: 1500 })
  await using session = await sandbox.open({ files: {}, prelude: '', seed: 0 })
  const found = execFileSync('find', [
    ...['/sys/fs/cgroup', '-path', `*/kindling-${process.pid}-*`],
    ...['(', '-name', 'memory.limit_in_bytes', '-o', '-name', 'memory.max', ')'],
  ]).toString()
  const { stdout } = await session.exec(`import os
children = []
for _ in range(8):
    child = os.fork()
    if child == 0:
        held = bytearray(300 << 20)
        os.kill(os.getpid(), 19)
    children.append(child)
print([os.waitpid(child, os.WUNTRACED)[1] & 0x7f for child in children])`)
  expect(/\b9\b/.test(stdout)).toBe(found !== '')
})
