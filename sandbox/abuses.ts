import type { CellResult } from './sandbox.ts'

/** What the doctor's code is after on the host: all of it is real while the doctor runs. */
export interface Bait {
  port: number
  file: string
  pid: number
}

/** One abuse, tried live. */
export interface Abuse {
  name: string
  code(bait: Bait): string
  timeoutMs?: number
  contained(cell: CellResult, secret: string): boolean
}

/** Prints what an expression gave, or `refused`. */
const trial = (expression: string) =>
  `try: print(repr(${expression})[:200])\nexcept (Exception, SystemExit) as error: print('refused', type(error).__name__)`
const refused = (cell: CellResult) => cell.status === 'ok' && cell.stdout.startsWith('refused')

/** A dozen things hostile code does. Each must be contained before any code of a model is run. */
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
    contained: ({ status }) => status === 'memory_limit',
  },
  {
    name: 'disk is bounded',
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
]
