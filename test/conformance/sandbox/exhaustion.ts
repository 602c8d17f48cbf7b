import { expect } from 'vitest'
import { type Abuse, at, numberAfter } from './abuse.ts'

const stopped = (results: Parameters<Abuse['check']>[0]) => numberAfter('stopped after', at(results, 0))

/** Processes, memory, disk and time: what is taken must be bounded. */
export const exhaustion: Abuse[] = [
  {
    title: 'a fork bomb stops at the limit and leaves nothing',
    cells: () => [
      `import time
count = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        count += 1
except OSError: print('stopped after', count)`,
      `print([name for name in os.listdir('/proc') if name.isdigit()])`,
    ],
    check(results) {
      expect(stopped(results)).toBeLessThan(32)
      expect(at(results, 0).leftover.processes).toBeGreaterThan(0)
      expect(at(results, 1).stdout).toBe("['1']\n")
    },
  },
  {
    title: 'a fork bomb whose children fork is stopped by the clock',
    cells: () => [{ code: 'while True:\n    try: os.fork()\n    except OSError: pass', timeoutMs: 1500 }],
    check: results => expect(at(results, 0).status).toBe('timeout'),
  },
  {
    title: 'threads count as processes',
    cells: () => [
      `import threading, time
started = 0
try:
    while True:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        started += 1
except RuntimeError: print('stopped after', started)`,
    ],
    check(results) {
      expect(stopped(results)).toBeLessThan(32)
      expect(at(results, 0).leftover.threads).toBeGreaterThan(0)
    },
  },
  {
    title: 'one process that takes too much gets a MemoryError and keeps its state',
    cells: () => ['x = 5', 'held = []\nwhile True: held.append(bytes(50 << 20))', 'x'],
    check(results) {
      expect(at(results, 1).error?.name).toBe('MemoryError')
      expect(at(results, 2).result).toBe('5')
    },
  },
  {
    title: 'an array larger than the machine is a MemoryError',
    cells: () => ['import numpy\nnumpy.ones((100_000, 100_000, 10))'],
    check: results => expect(at(results, 0).error?.name).toMatch(/MemoryError/),
  },
  {
    title: 'many processes that together take too much are ended',
    cells: () => [
      `import time
for _ in range(16):
    if os.fork() == 0:
        block = bytearray(64 << 20)
        for place in range(0, len(block), 4096): block[place] = 1
        time.sleep(600)
time.sleep(600)`,
    ],
    check: results => expect(at(results, 0)).toMatchObject({ status: 'memory_limit', alive: false }),
  },
  {
    title: 'every writable folder is bounded',
    cells: () => [
      `block = bytes(1 << 20)
for folder in ('/work', '/tmp', '/dev/shm'):
    written = 0
    try:
        while written < 4000:
            with open(f'{folder}/{written}', 'wb') as file:
                for _ in range(50): written += file.write(block) >> 20
    except OSError: print(folder, 'stopped after', written)`,
    ],
    check: results =>
      expect(at(results, 0).stdout.match(/stopped after (?:\d{1,2}|[12]\d\d)\n/g)).toHaveLength(3),
  },
  {
    title: 'the number of files is bounded',
    cells: () => [
      `count = 0
try:
    while count < 20_000:
        open(f'/work/{count}', 'w').close()
        count += 1
except OSError: pass
print('stopped after', count)`,
    ],
    check: results => expect(stopped(results)).toBeLessThan(5000),
  },
  {
    title: 'an endless loop is interrupted and the state survives',
    cells: () => ['x = 41', { code: 'while True: pass', timeoutMs: 300 }, 'x + 1'],
    check(results) {
      expect(at(results, 1)).toMatchObject({ status: 'timeout', alive: true })
      expect(at(results, 2).result).toBe('42')
    },
  },
  {
    title: 'a loop that swallows one interrupt is interrupted again or ended',
    cells: () => [
      {
        code: 'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
        timeoutMs: 300,
      },
    ],
    check: results => expect(at(results, 0).status).toBe('timeout'),
  },
  {
    title: 'code that ignores every signal is ended',
    cells: () => [
      {
        code: `import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True: pass`,
        timeoutMs: 300,
      },
      '1',
    ],
    check: results => expect(results.map(({ status }) => status)).toEqual(['timeout', 'dead']),
  },
  {
    title: 'sleep is interrupted',
    cells: () => [{ code: 'import time; time.sleep(1e6)', timeoutMs: 300 }, '1'],
    check: results => expect(results.map(({ status }) => status)).toEqual(['timeout', 'ok']),
  },
  {
    title: 'a task that swallows its cancellation is interrupted',
    cells: () => [
      {
        code: `import asyncio
async def deaf():
    while True:
        try: await asyncio.sleep(600)
        except asyncio.CancelledError: pass
asyncio.run(deaf())`,
        timeoutMs: 300,
      },
      '1',
    ],
    check: results => expect(results.map(({ status }) => status)).toEqual(['timeout', 'ok']),
  },
  {
    title: 'native code that does not return is ended',
    cells: () => [{ code: 'import re; re.match(r"(a+)+$", "a" * 50 + "b")', timeoutMs: 300 }],
    check: results => expect(at(results, 0).status).toBe('timeout'),
  },
  {
    title: 'processor time of a whole session is bounded',
    cells: () => ['while True:\n    try:\n        while True: pass\n    except BaseException: pass'],
    check: results => expect(at(results, 0)).toMatchObject({ status: 'crash', alive: false }),
    bounds: { cpuSeconds: 1 },
  },
  {
    title: 'recursion without end raises',
    cells: () => ['def f(n): return f(n + 1)\nf(0)', '1 + 1'],
    check(results) {
      expect(at(results, 0).error?.name).toBe('RecursionError')
      expect(at(results, 1).result).toBe('2')
    },
  },
  {
    title: 'recursion with the limit taken off ends the session at most',
    cells: () => [
      { code: 'sys.setrecursionlimit(10**9)\ndef f(n): return [f(n + 1)]\nf(0)', timeoutMs: 5000 },
    ],
    check: results => expect(['crash', 'error', 'timeout', 'memory_limit']).toContain(at(results, 0).status),
  },
  {
    title: 'a repr nested a million deep ends the session at most',
    cells: () => [
      {
        code: 'sys.setrecursionlimit(10**8)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)',
        timeoutMs: 5000,
      },
    ],
    check: results => expect(['crash', 'error', 'timeout']).toContain(at(results, 0).status),
  },
]
