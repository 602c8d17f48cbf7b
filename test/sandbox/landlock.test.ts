import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { landlock, landlockJail } from '../../sandbox/landlock.ts'
import type { Protection } from '../../sandbox/protections.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { at, tightLimits } from '../conformance/sandbox/abuse.ts'
import { honest } from '../conformance/sandbox/holding.ts'
import { runSteps } from '../conformance/sandbox.ts'
import { otherUser } from './other-user.ts'
import { descendants, lives } from './processes.ts'

const refusal = await runSteps(landlock(), ['1'], false).then(
  () => null,
  (error: Error) => error.message,
)

if (refusal !== null)
  test('a kernel that is too old is refused', () => expect(refusal).toMatch(/needs Linux 6\.12/))
else {
  containment('as this user', async () => ({
    sandbox: landlock({ limits: tightLimits }),
    home: await mkdtemp(path.join(tmpdir(), 'kindling-home-')),
    uid: process.getuid?.() ?? 0,
    stop: async () => {},
  }))
  if (process.getuid?.() === 0)
    containment('as an ordinary user', async () => {
      const { sandbox, home, stop } = await otherUser(61502)
      return { sandbox: sandbox('landlock'), home, uid: 61502, stop }
    })
}

interface User {
  sandbox: Sandbox
  /** A folder that belongs to whoever runs Node. */
  home: string
  uid: number
  stop(): Promise<void>
}

/** A file and a process of the user, on which each attempt is made. */
interface Victim {
  file: string
  folder: string
  pid: number
}

/** What Landlock does not see. None of it may change the victim, whatever the call answers. */
const unseen: [what: string, expression: (victim: Victim) => string][] = [
  ['the mode of a file', ({ file }) => `os.chmod('${file}', 0)`],
  ['the mode of a folder', ({ folder }) => `os.chmod('${folder}', 0o777)`],
  ['the mode by another call', ({ file }) => `syscall(452, -100, b'${file}', 0, 0)`],
  ['the times of a file', ({ file }) => `os.utime('${file}', (1, 1))`],
  ['the owner of a file', ({ file }) => `os.chown('${file}', os.getuid(), os.getgid())`],
  ['an attribute of a file', ({ file }) => `os.setxattr('${file}', 'user.x', b'1')`],
  ['the processor time of a process', ({ pid }) => `resource.prlimit(${pid}, resource.RLIMIT_CPU, (1, 1))`],
  ['the open files of a process', ({ pid }) => `resource.prlimit(${pid}, resource.RLIMIT_NOFILE, (5, 5))`],
  ['the priority of a process', ({ pid }) => `os.setpriority(os.PRIO_PROCESS, ${pid}, 19)`],
  ['the priority of all of a user', () => 'os.setpriority(os.PRIO_USER, 0, 19)'],
  ['the processors of a process', ({ pid }) => `os.sched_setaffinity(${pid}, {0})`],
  [
    'the scheduler of a process',
    ({ pid }) => `os.sched_setscheduler(${pid}, os.SCHED_IDLE, os.sched_param(0))`,
  ],
  ['a signal', ({ pid }) => `os.kill(${pid}, 9)`],
]

/** Reads everything of the victim that an attempt could have changed. */
async function stateOf({ file, folder, pid }: Victim): Promise<unknown> {
  const of = async (place: string) => {
    const { mode, uid, gid, mtimeMs, ctimeMs } = await stat(place)
    return { mode, uid, gid, mtimeMs, ctimeMs }
  }
  const said = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8')
  const fields = (await said('stat')).split(' ')
  const processors = /Cpus_allowed:.*/.exec(await said('status'))?.[0]
  const process = {
    priority: fields.slice(17, 19),
    policy: fields[40],
    processors,
    limits: await said('limits'),
  }
  return { file: await of(file), folder: await of(folder), process }
}

function containment(who: string, start: () => Promise<User>) {
  describe(who, () => {
    let user: User
    let victim: Victim
    let process: ChildProcess
    beforeAll(async () => {
      user = await start()
      const file = path.join(user.home, 'private')
      await writeFile(file, 'CANARY', { mode: 0o644 })
      await chown(file, user.uid, user.uid)
      process = spawn('/usr/bin/sleep', ['100000'], { uid: user.uid, gid: user.uid })
      victim = { file, folder: user.home, pid: process.pid ?? 0 }
    })
    afterAll(async () => {
      process.kill('SIGKILL')
      await user.stop()
      await rm(user.home, { recursive: true, force: true })
    })
    const run = (...cells: Parameters<typeof runSteps>[1]) => runSteps(user.sandbox, cells, false)

    test('cells run, keep state and give images', async () => {
      const results = await run(
        'x = 41',
        'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nx + 1',
      )
      expect(at(results, 1)).toMatchObject({
        status: 'ok',
        result: '42',
        stderr: '',
        images: [{ source: 'plt' }],
      })
    })

    test('files, sockets, signals and programs of the host are out of reach', async () => {
      const server = createServer(socket => socket.end('CANARY')).listen(path.join(user.home, 'socket'))
      await once(server, 'listening')
      const tries = [
        `open('${victim.file}').read()`,
        `open('${victim.file}', 'a')`,
        `os.truncate('${victim.file}', 0)`,
        `os.rename('${victim.file}', 'mine')`,
        `os.link('${victim.file}', 'mine')`,
        `os.listdir('/')`,
        `open('/etc/passwd').read()`,
        `open('/tmp/outside', 'w')`,
        `socket.socket(socket.AF_UNIX).connect('${user.home}/socket')`,
        `socket.create_connection(('127.0.0.1', 80))`,
        `socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)`,
        `socket.socketpair(socket.AF_INET)`,
        `socket.socketpair()[0].connect('${user.home}/socket')`,
        `open('/proc/${victim.pid}/environ').read()`,
        `open('/proc/self/oom_score_adj', 'w').write('0')`,
        `os.fork()`,
        `__import__('subprocess').run(['/usr/bin/true'])`,
        `os.memfd_create('x')`,
        `__import__('mmap').mmap(-1, 4096)`,
        `open('/dev/zero')`,
      ]
      const [cell] = await run(
        `import socket\nfor what in (${tries.map(code => `lambda: ${code}`).join(', ')}): print(attempt(what))`,
      )
      server.close()
      expect(cell?.stdout.trim().split('\n')).toEqual(tries.map(() => expect.stringMatching(/Error: /)))
    })

    test.each(unseen)('%s cannot be changed', async (_, expression) => {
      const before = await stateOf(victim)
      const [cell] = await run(`import resource\nprint('tried', attempt(lambda: ${expression(victim)}))`)
      expect(cell?.stdout).toMatch(/^tried /)
      expect(await stateOf(victim)).toEqual(before)
    })

    test('it has no capability, and is what an out-of-memory takes first', async () => {
      const [cell] = await run(
        "print(open('/proc/self/status').read(), open('/proc/self/oom_score_adj').read())",
      )
      expect(cell?.stdout).toMatch(/CapEff:\t0{16}.*Seccomp:\t2.*\n 1000\n/s)
    })

    test('threads have an end', async () => {
      const [cell] = await run(
        `import threading, time
threading.stack_size(32768)
started = 0
try:
    while started < 4000:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        started += 1
except RuntimeError: pass
print(started)`,
      )
      expect(Number(cell?.stdout)).toBeLessThan(600)
      expect(Number(cell?.stdout)).toBeGreaterThan(30)
    })

    test('memory is bounded by what is held', async () => {
      const [cell] = await run(
        'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nheld = bytearray(900 << 20)\nimport time; time.sleep(600)',
      )
      expect(cell).toMatchObject({ status: 'memory_limit', alive: false })
    })

    test.each(honest.slice(-3))('honest code has %s', async (_, code, printed) => {
      const [cell] = await run(code)
      expect(cell).toMatchObject({ status: 'ok', stdout: printed })
    })

    test('code that hangs is interrupted, code that ignores signals is ended', async () => {
      const deaf = 'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass'
      const results = await run('x = 41', { code: 'while True: pass', timeoutMs: 300 }, 'x + 1', {
        code: deaf,
        timeoutMs: 300,
      })
      expect(results.map(({ status, alive }) => [status, alive])).toEqual([
        ['ok', true],
        ['timeout', true],
        ['ok', true],
        ['timeout', false],
      ])
      expect(at(results, 2).result).toBe('42')
    })
  })
}

/** Says where its folder is once a session is busy. */
async function runBusySession(): Promise<{ child: ChildProcess; folder: string }> {
  const script = fileURLToPath(new URL('./busy-landlock.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (!child.stdout) throw new Error('it has no output')
  const [folder] = await once(createInterface(child.stdout), 'line')
  return { child, folder }
}

test.runIf(refusal === null)('killing Node leaves no kernel alive, and its folder is swept', async () => {
  const { child, folder } = await runBusySession()
  const family = descendants(child.pid ?? 0)
  expect(family).toHaveLength(1)
  const longAgo = new Date(Date.now() - 3_600_000)
  await utimes(folder, longAgo, longAgo)
  await runSteps(landlock(), ['1'], false)
  expect(existsSync(folder)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => family.filter(lives), { timeout: 60_000 }).toEqual([])
  await utimes(folder, longAgo, longAgo)
  await runSteps(landlock(), ['1'], false)
  expect(existsSync(folder)).toBe(false)
})

/** Without the protection the code gets what it tries. */
const needed: [off: Protection, code: string, got: RegExp][] = [
  [
    'attributes',
    "open('a', 'w').close(); os.chmod('a', 0o600); print(os.stat('a').st_mode & 0o777)",
    /^384$/,
  ],
  ['other_processes', 'print(os.sched_setaffinity(os.getpid(), os.sched_getaffinity(0)))', /^None$/],
  [
    'one_peer',
    'import socket\nprint(attempt(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)))',
    /^\(<socket/,
  ],
  ['parent', 'print(ctypes.CDLL(None).prctl(2, ctypes.byref(n := ctypes.c_int())), n.value)', /^0 0$/],
  ['oom_first', "print(open('/proc/self/oom_score_adj').read())", /^0$/],
  ['shared_memory', "print(attempt(lambda: __import__('mmap').mmap(-1, 4096)))", /^<mmap/],
  [
    'processes',
    'import resource\nprint(not 0 < resource.getrlimit(resource.RLIMIT_NPROC)[0] < 5000)',
    /^True$/,
  ],
  ['watchdog', "held = bytearray(700 << 20)\nimport time; time.sleep(2); print('held')", /^held$/],
]

test.runIf(refusal === null).each(needed)(
  'without %s the code gets what it tried, with it not',
  async (off, code, got) => {
    const said = async (without: Protection[]) =>
      at(await runSteps(landlockJail({ limits: tightLimits }, without), [code], false), 0).stdout.trim()
    expect(await said([off])).toMatch(got)
    expect(await said([])).not.toMatch(got)
  },
)
