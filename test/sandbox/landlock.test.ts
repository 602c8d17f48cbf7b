import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { landlock } from '../../sandbox/landlock.ts'
import { helpers } from '../conformance/sandbox/abuse.ts'

const open = () => landlock().open({ files: { 'a.txt': Buffer.from('in') }, prelude: helpers, seed: 0 })

const refusal = await open().then(
  async session => {
    await session[Symbol.asyncDispose]()
    return null
  },
  (error: Error) => error.message,
)

if (refusal !== null)
  test('a kernel that is too old is refused', () => expect(refusal).toMatch(/needs Linux 6\.12/))
else {
  test('cells run, keep state and give images, and the kind is told', async () => {
    await using session = await open()
    await session.exec('x = open("a.txt").read()')
    const cell = await session.exec('import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nx')
    expect(cell).toMatchObject({ status: 'ok', result: "'in'", stderr: '', images: [{ source: 'plt' }] })
    expect((await landlock().describe()).kind).toBe('landlock')
  })

  test('files, sockets, signals and programs of the host are out of reach', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kindling-canary-'))
    await writeFile(path.join(folder, 'secret'), 'CANARY', { mode: 0o644 })
    const server = createServer(socket => socket.end('CANARY')).listen(path.join(folder, 'socket'))
    await using session = await open()
    const tries = [
      `open('${folder}/secret').read()`,
      `os.listdir('/')`,
      `open('/etc/passwd').read()`,
      `open('/tmp/outside', 'w')`,
      `__import__('socket').socket(__import__('socket').AF_UNIX).connect('${folder}/socket')`,
      `__import__('socket').create_connection(('127.0.0.1', 80))`,
      `os.kill(${process.pid}, 0)`,
      `open('/proc/${process.pid}/environ').read()`,
      `os.fork()`,
      `__import__('subprocess').run(['/usr/bin/true'])`,
      `os.memfd_create('x')`,
    ]
    const cell = await session.exec(
      `for what in (${tries.map(code => `lambda: ${code}`).join(', ')}): print(attempt(what))`,
    )
    server.close()
    await rm(folder, { recursive: true })
    expect(cell.stdout).not.toMatch(/CANARY/)
    expect(cell.stdout.trim().split('\n')).toEqual(tries.map(() => expect.stringMatching(/Error: /)))
  })

  test('code that hangs is interrupted, code that ignores signals is ended', async () => {
    await using session = await open()
    await session.exec('x = 41')
    expect(await session.exec('while True: pass', { timeoutMs: 300 })).toMatchObject({
      status: 'timeout',
      alive: true,
    })
    expect((await session.exec('x + 1')).result).toBe('42')
    const deaf = 'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass'
    expect(await session.exec(deaf, { timeoutMs: 300 })).toMatchObject({ status: 'timeout', alive: false })
  })
}
