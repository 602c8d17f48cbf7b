import type { CellResult } from './sandbox.ts'

/** What the doctor's code is after on the host: all of it is real while the doctor runs. */
export interface Bait {
  port: number
  /** A file of the user who runs the doctor. */
  file: string
  /** A process of that user. */
  pid: number
  /** What a session of this sandbox may hold. */
  memoryMb: number
}

/** One abuse, tried live. */
export interface Abuse {
  name: string
  /** In which kinds of sandboxes it is tried; in all of them unless it says. */
  where?(kind: string): boolean
  code(bait: Bait): string
  timeoutMs?: number
  /** Judges what the code was told. The bait's file must be untouched as well. */
  contained(cell: CellResult, secret: string): boolean
}

/** Prints what an expression gave, or `refused`. */
const trial = (expression: string) =>
  `try: print(repr(${expression})[:200])\nexcept (Exception, SystemExit) as error: print('refused', type(error).__name__)`
const refused = (cell: CellResult) => cell.status === 'ok' && cell.stdout.startsWith('refused')

const ended = ({ status }: CellResult) => ['memory_limit', 'crash', 'error'].includes(status)
const eachRefused = ({ status, stdout }: CellResult) => status === 'ok' && /^(?:refused.*\n)+$/.test(stdout)

/** Memory held where an account of what is resident does not see it: half a GiB more than the limit. */
const hiddenMemory: Abuse[] = [
  {
    name: 'memory of a process that closed itself is bounded',
    code: ({ memoryMb }) =>
      `import ctypes, time\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nheld = bytearray(${memoryMb + 512} << 20)\ntime.sleep(600)`,
    contained: ended,
  },
  {
    name: 'memory of children that closed themselves is bounded',
    code: ({ memoryMb }) => `import ctypes, os, time
for _ in range(4):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
        held = bytearray(${Math.ceil(memoryMb / 4) + 128} << 20)
        time.sleep(600)
time.sleep(600)`,
    contained: ended,
  },
  {
    name: 'shared memory without a file is bounded',
    code: ({ memoryMb }) => `import mmap, time
held, part = mmap.mmap(-1, ${memoryMb + 512} << 20), 64 << 20
for place in range(0, len(held), part):
    held[place:place + part] = b'x' * min(part, len(held) - place)
    held.madvise(mmap.MADV_DONTNEED, place, min(part, len(held) - place))
time.sleep(600)`,
    contained: ended,
  },
  {
    name: 'memory behind sockets that nobody accepts is bounded',
    code: ({ memoryMb }) => `import socket, time
sent, calls, listeners = 0, 0, []
while sent < ${memoryMb + 512} << 20:
    if calls % 1000 == 0:
        listeners.append(socket.socket(socket.AF_UNIX))
        listeners[-1].bind(f'/tmp/listener-{calls}')
        listeners[-1].listen(4096)
    caller = socket.socket(socket.AF_UNIX)
    caller.connect(listeners[-1].getsockname())
    caller.setblocking(False)
    try:
        while True: sent += caller.send(bytes(1 << 15))
    except BlockingIOError: calls += 1
    caller.close()
time.sleep(600)`,
    contained: ended,
  },
  {
    name: 'no pages are kept in pipes',
    where: kind => kind === 'bubblewrap' || kind === 'landlock',
    code: () => `import ctypes, os
libc, (end, start) = ctypes.CDLL(None), os.pipe()
page = ctypes.create_string_buffer(4096)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(page), 4096)
print('kept' if libc.vmsplice(start, vector, 1, 0) > 0 else 'refused')
${trial("os.splice(os.open('/usr/bin/env', 0), start, 4096)")}`,
    contained: eachRefused,
  },
]

/** What belongs to the user who runs kindling and what only namespaces would hide: Landlock sees none of it. */
const ofTheUser: Abuse[] = [
  {
    name: "this user's files keep their modes, times, owners and attributes",
    code: ({ file }) => {
      const place = JSON.stringify(file)
      const tries = [
        `os.chmod(${place}, 0)`,
        `os.utime(${place}, (1, 1))`,
        `os.chown(${place}, os.getuid(), os.getgid())`,
        `os.setxattr(${place}, 'user.x', b'1')`,
      ]
      return `import os\n${tries.map(trial).join('\n')}\nprint('tried')`
    },
    contained: cell => cell.status === 'ok' && cell.stdout.endsWith('tried\n'),
  },
  {
    name: "this user's processes keep their limits and priorities",
    code: ({ pid }) => {
      const tries = [
        `resource.prlimit(${pid}, resource.RLIMIT_NOFILE, (5, 5))`,
        `os.setpriority(os.PRIO_PROCESS, ${pid}, 19)`,
        `os.sched_setaffinity(${pid}, {0})`,
        `os.sched_setscheduler(${pid}, os.SCHED_IDLE, os.sched_param(0))`,
        `os.kill(${pid}, 0)`,
      ]
      return `import os, resource\n${tries.map(trial).join('\n')}`
    },
    contained: eachRefused,
  },
  {
    name: 'the number of threads is bounded',
    code: () => `import threading, time
threading.stack_size(32768)
started = 0
try:
    while started < 4000:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        started += 1
except RuntimeError: pass
print(started)`,
    contained: ({ status, stdout }) => status === 'ok' && Number(stdout) < 1000,
  },
  {
    name: 'nothing can be sent to sockets of this machine',
    where: kind => kind === 'landlock',
    code: () =>
      `import socket\n${['socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)', "socket.socketpair()[0].connect('/dev/log')", 'socket.socket(socket.AF_UNIX)'].map(trial).join('\n')}`,
    contained: eachRefused,
  },
  {
    name: 'code ends when kindling does',
    where: kind => kind === 'landlock',
    code: () =>
      'import ctypes\nnumber = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(number))\nprint(number.value)',
    contained: ({ stdout }) => stdout === '9\n',
  },
]

/** Things hostile code does. Each must be contained before any code of a model is run. */
export const abuses: Abuse[] = [
  {
    name: 'a port of this machine is out of reach',
    code: ({ port }) =>
      `import socket\n${trial(`socket.create_connection(('127.0.0.1', ${port}), 5).recv(99)`)}`,
    contained: refused,
  },
  {
    name: "this machine's files are out of reach",
    code: ({ file }) => trial(`[open(p).read() for p in (${JSON.stringify(file)},)]`),
    contained: refused,
  },
  { name: 'passwords are out of reach', code: () => trial("open('/etc/passwd').read()"), contained: refused },
  {
    name: 'the environment keeps its secrets',
    code: () => "import os\nprint(dict(os.environ), open('/proc/self/environ').read())",
    contained: (cell, secret) => cell.status === 'ok' && !cell.stdout.includes(secret),
  },
  {
    name: 'nothing can be written outside the working folder',
    code: () => trial("[open(p, 'w') for p in ('/dev/x',)] or [open(p, 'w') for p in ('/usr/x',)]"),
    contained: refused,
  },
  {
    name: 'other processes cannot be signalled',
    code: ({ pid }) => `import os\n${trial(`os.kill(${pid}, 0)`)}`,
    contained: refused,
  },
  {
    name: 'it has no rights and its calls are filtered',
    code: () => "print(open('/proc/self/status').read())",
    contained: ({ stdout }) =>
      /CapEff:\t0{16}/.test(stdout) && /NoNewPrivs:\t1/.test(stdout) && /Seccomp:\t2/.test(stdout),
  },
  {
    name: 'the number of processes is bounded',
    code: () =>
      `import os, time\nfor count in range(600):\n    try:\n        if os.fork() == 0: time.sleep(600)\n    except OSError: break\nprint(count)`,
    contained: ({ status, stdout }) => status === 'ok' && Number(stdout) < 500,
  },
  {
    name: 'memory of many processes together is bounded',
    code: () =>
      `import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        held = bytearray(256 << 20)\n        time.sleep(600)\ntime.sleep(600)`,
    timeoutMs: 60_000,
    contained: ended,
  },
  {
    name: 'disk is bounded',
    where: kind => kind !== 'landlock',
    code: () => trial("sum(open(f'/work/{n}', 'wb').write(bytes(32 << 20)) for n in range(32))"),
    contained: refused,
  },
  {
    name: 'output is bounded',
    code: () => "import os\nwhile True: os.write(1, b'x' * 65536)",
    contained: ({ status }) => status === 'output_limit',
  },
  {
    name: 'code that ignores every signal is ended',
    code: () => 'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass',
    timeoutMs: 500,
    contained: ({ status, alive }) => status === 'timeout' && !alive,
  },
  ...hiddenMemory,
  ...ofTheUser,
]
