import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { descendants, lives } from './processes.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

const walk = `
import os
def folders():
    for folder, inside, files in os.walk('/'):
        if folder.startswith('/proc') or folder.count('/') > 3: inside[:] = []
        yield folder, files
`
const mark = `${walk}
written = []
for folder, _ in folders():
    try:
        open(folder.rstrip('/') + '/LEAK', 'w').close()
        written.append(folder)
    except OSError: pass
import builtins, numpy, socket, sys, PIL.Image
listener = socket.socket(socket.AF_UNIX); listener.bind('\\0leak'); listener.listen()
numpy.pi = 3; builtins.LEAK = 1; PIL.Image.LEAK = 1; sys.path.append('/leak'); os.environ['LEAK'] = '1'
sorted(written)`
const look = `${walk}
import builtins, json, numpy, socket, sys, PIL.Image
try:
    caller = socket.socket(socket.AF_UNIX); caller.connect('\\0leak'); heard = True
except OSError: heard = False
print(json.dumps({
    'files': [folder for folder, files in folders() if 'LEAK' in files], 'heard': heard, 'pi': numpy.pi == 3,
    'modules': hasattr(builtins, 'LEAK') or hasattr(PIL.Image, 'LEAK'), 'path': '/leak' in sys.path,
    'environment': 'LEAK' in os.environ, 'processes': len([n for n in os.listdir('/proc') if n.isdigit()])}))`
const clean = {
  files: [],
  heard: false,
  pi: false,
  modules: false,
  path: false,
  environment: false,
  processes: 1,
}

describe.each([
  ['warm', false],
  ['fresh', true],
])('a %s trajectory', (_, fresh) => {
  test('passes nothing to another one, beside it or after it', async () => {
    const open = () => sandbox.open({ files: {}, prelude: '', seed: 0, fresh })
    const first = await open()
    await using beside = await open()
    expect(await first.exec(mark)).toMatchObject({ result: "['/dev/shm', '/tmp', '/tmp/fonts', '/work']" })
    expect(JSON.parse((await beside.exec(look)).stdout)).toEqual(clean)
    await first[Symbol.asyncDispose]()
    await using after = await open()
    expect(JSON.parse((await after.exec(look)).stdout)).toEqual(clean)
  })
})

const jailsOf = (root: number) =>
  descendants(root)
    .filter(({ name }) => name === 'bwrap')
    .map(({ pid }) => pid)

async function runBusySessions(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./busy-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout) await once(createInterface(child.stdout), 'line')
  return child
}

test('killing Node leaves nothing alive', async () => {
  const child = await runBusySessions()
  const family = descendants(child.pid ?? 0)
  expect(family.length).toBeGreaterThan(6)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => family.filter(lives), { timeout: 60_000 }).toEqual([])
})

test('closing a sandbox ends its server, its sessions and their processes', async () => {
  const own = bubblewrap()
  const session = await own.open({ files: {}, prelude: '', seed: 0 })
  const cell = session.exec('import subprocess, time\nsubprocess.Popen(["sleep", "1000"])\ntime.sleep(1000)')
  await own[Symbol.asyncDispose]()
  await expect(cell).rejects.toThrow(/fork server ended/)
  await expect(session.exec('1')).rejects.toThrow(/fork server ended/)
})

test('a server that dies is started again for the next session', async () => {
  await using own = bubblewrap()
  const before = new Set(jailsOf(process.pid))
  const session = await own.open({ files: {}, prelude: '', seed: 0 })
  for (const pid of jailsOf(process.pid)) if (!before.has(pid)) process.kill(pid, 'SIGKILL')
  const next = () =>
    session.exec('1').then(
      () => 'it runs',
      (error: Error) => error.message,
    )
  await expect.poll(next, { timeout: 60_000 }).toMatch(/fork server ended/)
  await using again = await own.open({ files: {}, prelude: '', seed: 0 })
  expect((await again.exec('2')).result).toBe('2')
})
