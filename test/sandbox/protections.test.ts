import { describe, expect, test } from 'vitest'
import { type Bounds, jail } from '../../sandbox/bubblewrap.ts'
import type { Protection } from '../../sandbox/protections.ts'
import type { CellResult, Limits } from '../../sandbox/sandbox.ts'
import {
  at,
  type Bait,
  everything,
  numberAfter,
  type Step,
  tightLimits,
} from '../conformance/sandbox/abuse.ts'
import { runSteps, setBait } from '../conformance/sandbox.ts'

/** What code can do once a protection is gone. `escaped` must tell the two apart. */
interface Escape {
  off: Protection
  cells: (bait: Bait) => Step[]
  escaped: (results: CellResult[]) => boolean
  bounds?: Partial<Bounds>
  limits?: Partial<Limits>
}

const succeeds = (action: string) => [`print('outcome', attempt(lambda: ${action}))`]
const worked = (results: CellResult[]) => !/Error: /.test(at(results, 0).stdout)
const forged = `${JSON.stringify({ type: 'done', nonce: '0', status: 'ok', result: 'FORGED', size: 0 })}\\n`
const image = `${JSON.stringify({ type: 'image', source: 'display', name: null, size: 0 })}\\n`
const countForks = `
import time
count = 0
try:
    while count < 40:
        if os.fork() == 0:
            time.sleep(600)
        count += 1
except OSError: pass
print('forks', count)`

const escapes: Escape[] = [
  {
    off: 'environment',
    cells: () => ['print(dict(os.environ))'],
    escaped: results => /CANARY/.test(everything(results)),
  },
  { off: 'host_files', cells: () => succeeds("open('/etc/passwd').read()"), escaped: worked },
  { off: 'read_only', cells: () => succeeds("open('/dev/shared', 'w')"), escaped: worked },
  {
    off: 'read_only_proc',
    cells: () => succeeds("open('/proc/self/oom_score_adj', 'w').write('0')"),
    escaped: worked,
  },
  {
    off: 'oom_first',
    cells: () => ["print(open('/proc/self/oom_score_adj').read())"],
    escaped: results => Number(at(results, 0).stdout) < 1000,
  },
  {
    off: 'host_details',
    cells: () => ["print(len(open('/proc/cmdline').read()))"],
    escaped: results => Number(at(results, 0).stdout) > 0,
  },
  { off: 'hidden_socket', cells: () => succeeds("os.stat('/run/sandbox/socket')"), escaped: worked },
  {
    off: 'network',
    cells: ({ abstractSocket }) => [
      `import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\\0${abstractSocket}')\ns.recv(99)`,
    ],
    escaped: results => /CANARY/.test(everything(results)),
  },
  {
    off: 'capabilities',
    cells: () => ["print(open('/proc/self/status').read())"],
    escaped: results => !/CapEff:\t0{16}/.test(at(results, 0).stdout),
  },
  { off: 'seccomp', cells: () => succeeds("os.memfd_create('x')"), escaped: worked },
  {
    off: 'disk',
    cells: () =>
      succeeds(
        "open('/tmp/large', 'wb').write(bytes(63 << 20)) + open('/tmp/more', 'wb').write(bytes(9 << 20))",
      ),
    escaped: worked,
  },
  {
    off: 'inodes',
    cells: () => succeeds("[open(f'/work/{number}', 'w').close() for number in range(5000)]"),
    escaped: worked,
  },
  {
    off: 'watchdog',
    cells: () => [
      `import time
for _ in range(16):
    if os.fork() == 0:
        block = bytearray(64 << 20)
        time.sleep(600)
time.sleep(3)`,
    ],
    escaped: results => at(results, 0).status === 'ok',
  },
  {
    off: 'files_in_memory',
    cells: () => [
      `import time
for number in range(4): open(f'/work/{number}', 'wb').write(bytes(60 << 20))
held = bytearray(350 << 20)
time.sleep(2)`,
    ],
    escaped: results => at(results, 0).status === 'ok',
  },
  {
    off: 'queues',
    cells: () => [
      `import socket, time
for _ in range(16):
    if os.fork() == 0:
        held = [socket.socketpair() for _ in range(110)]
        time.sleep(600)
time.sleep(2)`,
    ],
    escaped: results => at(results, 0).status === 'ok',
  },
  { off: 'shared_memory', cells: () => succeeds("__import__('mmap').mmap(-1, 4096)"), escaped: worked },
  {
    off: 'shared_memory',
    cells: () => succeeds("__import__('mmap').mmap(os.open('/dev/zero', os.O_RDWR), 4096)"),
    escaped: worked,
  },
  {
    off: 'readable',
    cells: () => ["print('outcome', ctypes.CDLL(None).prctl(4, 0, 0, 0, 0))"],
    escaped: results => at(results, 0).stdout === 'outcome 0\n',
  },
  {
    off: 'pinned_pages',
    cells: () => succeeds("os.splice(os.open('/usr/bin/env', 0), os.pipe()[1], 4096)"),
    escaped: worked,
  },
  {
    off: 'buffers',
    cells: () => succeeds("__import__('fcntl').fcntl(os.pipe()[1], 1031, 1 << 20)"),
    escaped: worked,
  },
  {
    off: 'socket_pairs',
    cells: () => succeeds("__import__('socket').socketpair(__import__('socket').AF_INET)"),
    escaped: results => /Errno 95/.test(at(results, 0).stdout),
  },
  { off: 'address_space', cells: () => succeeds('len(bytes(8 << 30))'), escaped: worked },
  {
    off: 'file_size',
    cells: () => succeeds("os.truncate(os.open('sparse', os.O_CREAT | os.O_WRONLY), 1 << 40)"),
    escaped: worked,
  },
  {
    off: 'open_files',
    cells: () => succeeds("[os.open('/dev/null', 0) for _ in range(300)]"),
    escaped: worked,
  },
  {
    off: 'processes',
    cells: () => [countForks],
    escaped: results => numberAfter('forks', at(results, 0)) === 40,
  },
  {
    off: 'cpu',
    cells: () => [
      {
        code: 'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
        timeoutMs: 12_000,
      },
    ],
    bounds: { cpuSeconds: 1 },
    escaped: results => at(results, 0).status === 'timeout',
  },
  {
    off: 'single_kernel',
    cells: () => ['import time\nchild = os.fork()\nif child: time.sleep(2)\nchild == 0'],
    escaped: results => at(results, 0).result === 'True',
  },
  {
    off: 'leftovers',
    cells: () => [
      'import subprocess\nkept = subprocess.Popen(["/usr/bin/sleep", "1000"])',
      'kept.poll() is None and len([name for name in os.listdir("/proc") if name.isdigit()]) > 1',
    ],
    escaped: results => at(results, 1).result === 'True',
  },
  {
    off: 'nonce',
    cells: () => [`os.write(3, b'${forged}')\n'real'`],
    escaped: results => at(results, 0).result === 'FORGED',
  },
  {
    off: 'poisoning',
    cells: () => ["os.write(3, b'garbage\\n')\n'after'"],
    escaped: results => at(results, 0).status === 'ok',
  },
  {
    off: 'output',
    cells: () => ['for _ in range(80): os.write(1, bytes(1 << 20))'],
    escaped: results => at(results, 0).status === 'ok',
  },
  {
    off: 'images',
    cells: () => [`for _ in range(30): os.write(3, b'${image}')`],
    escaped: results => at(results, 0).images.length === 30,
  },
]

const behind = (code: string) => `import threading, time
def behind():
    time.sleep(0.3)
    ${code}
threading.Thread(target=behind, daemon=True).start()`

const betweenCells: Escape[] = [
  {
    off: 'headers',
    cells: () => [`os.write(3, b'{"type":"surprise","x":' + b'[' * 9999 + b']' * 9999 + b',"size":0}\\n')`],
    escaped: results => at(results, 0).status === 'ok',
  },
  {
    off: 'frames',
    cells: () => [`for _ in range(2000): os.write(3, b'{"type":"surprise","size":0}\\n')`],
    escaped: results => at(results, 0).status === 'ok',
  },
  {
    off: 'idle_output',
    cells: () => [behind("os.write(1, b'x' * (16 << 20))"), { code: '1', idleMs: 2500 }],
    escaped: results => at(results, 1).status === 'ok',
  },
  {
    off: 'idle_time',
    cells: () => [behind('while True: pass'), { code: '1', timeoutMs: 60_000, idleMs: 6000 }],
    limits: { cellMs: 1000 },
    escaped: results => at(results, 1).status === 'ok',
  },
]

const asRoot: Escape[] = [
  {
    off: 'other_user',
    cells: () => [countForks],
    escaped: results => numberAfter('forks', at(results, 0)) === 40,
  },
]

describe('each protection is needed', () => {
  const bait = setBait()
  const attack = async ({ cells, bounds, limits }: Escape, off: Protection[]) => {
    await using sandbox = jail({ limits: { ...tightLimits, ...limits } }, off, bounds)
    return runSteps(sandbox, cells(bait()), true)
  }
  const real = process.getuid?.() === 0 ? asRoot : []
  test.concurrent.each([...escapes, ...betweenCells, ...real])(
    'without $off the code gets what it tried, with it not',
    async trick => {
      expect(trick.escaped(await attack(trick, [trick.off]))).toBe(true)
      expect(trick.escaped(await attack(trick, []))).toBe(false)
    },
  )

  test('a child that does close itself to others is counted all the same', async () => {
    await using sandbox = jail({ limits: tightLimits }, ['readable'])
    const closed = 'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); held = bytearray(600 << 20); time.sleep(600)'
    const cell = `import time\nif os.fork() == 0: ${closed}\ntime.sleep(600)`
    expect(at(await runSteps(sandbox, [cell], true), 0)).toMatchObject({
      status: 'memory_limit',
      alive: false,
    })
  })
})
