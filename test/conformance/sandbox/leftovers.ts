import { expect } from 'vitest'
import { type Abuse, at } from './abuse.ts'

/** Honest code that starts threads or processes and ends them. */
const ended: Record<string, string> = {
  'a thread that was joined': `import threading
thread = threading.Thread(target=abs, args=(1,))
thread.start(); thread.join()`,
  'a thread that takes a moment':
    'import threading, time\nthreading.Thread(target=time.sleep, args=(0.01,)).start()',
  'a pool of threads': `from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool: list(pool.map(abs, range(20)))`,
  "multiprocessing's pool of threads": `from multiprocessing.pool import ThreadPool
with ThreadPool(4) as pool: pool.map(abs, range(20))`,
  'asyncio.to_thread': `import asyncio
async def main(): return await asyncio.to_thread(abs, -3)
asyncio.run(main())`,
  'a pool of processes': `from multiprocessing import Pool
with Pool(2) as pool: pool.map(abs, range(20))`,
  "futures' pool of processes": `from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(2) as pool: list(pool.map(abs, range(20)))`,
  'a manager': `from multiprocessing import Manager
with Manager() as manager: list(manager.list([1]))`,
  'shared memory that was closed and unlinked': `from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(create=True, size=1 << 20)
block.close(); block.unlink()`,
  'a process of the fork server': `import multiprocessing
process = multiprocessing.get_context('forkserver').Process(target=abs, args=(1,))
process.start(); process.join()`,
  'a program that ended': 'import subprocess\nsubprocess.Popen(["/usr/bin/true"])',
}

/** Code that leaves something running. */
const left: Record<string, [code: string, leftover: 'threads' | 'processes']> = {
  'a thread that waits': [
    'import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()',
    'threads',
  ],
  'a thread that computes': [
    'import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()',
    'threads',
  ],
  'a pool of threads that stays open': [
    'from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\npool.submit(abs, 1).result()',
    'threads',
  ],
  'a pool of processes that stays open': [
    'from multiprocessing import Pool\npool = Pool(2)\npool.map(abs, [1])',
    'processes',
  ],
  'a program': ['import subprocess\nsubprocess.Popen(["/usr/bin/sleep", "1000"])', 'processes'],
  'a program beside shared memory': [
    `import subprocess
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(create=True, size=4096)
subprocess.Popen(["/usr/bin/sleep", "1000"])`,
    'processes',
  ],
}

/** Processes that one cell starts, and what the next one must read of how they ended. */
const ends: Record<string, [start: string, ask: string, answer: string]> = {
  'a program that was ended with its cell': [
    'import subprocess\np = subprocess.Popen(["/usr/bin/sleep", "1000"])',
    'p.poll()',
    '-9',
  ],
  'a program that failed before': [
    'import subprocess, time\np = subprocess.Popen(["/usr/bin/false"])\ntime.sleep(0.2)',
    'p.wait()',
    '1',
  ],
  'a process of multiprocessing': [
    'import multiprocessing, time\np = multiprocessing.Process(target=time.sleep, args=(600,))\np.start()',
    'p.exitcode',
    '-9',
  ],
  'one among programs whose holders raise': [
    `import subprocess
class Evil(subprocess.Popen):
    def poll(self): raise SystemExit
held = [Evil(['/usr/bin/sleep', '1000']), subprocess.Popen(['/usr/bin/sleep', '1000'])]`,
    'held[1].poll()',
    '-9',
  ],
}

/** What outlives a cell is told of and ended, and nothing else is. */
export const leftovers: Abuse[] = [
  ...Object.entries(ended).map(
    ([what, code]): Abuse => ({
      title: `${what} is not left behind`,
      cells: () => Array(6).fill(code),
      check(results) {
        for (const { status, stderr, leftover } of results)
          expect({ status, stderr, leftover }).toEqual({
            status: 'ok',
            stderr: '',
            leftover: { threads: 0, processes: 0 },
          })
      },
    }),
  ),
  ...Object.entries(left).map(
    ([what, [code, kind]]): Abuse => ({
      title: `${what} is left behind`,
      cells: () => [code],
      check: results => expect(at(results, 0).leftover[kind]).toBeGreaterThan(0),
    }),
  ),
  ...Object.entries(ends).map(
    ([what, [start, ask, answer]]): Abuse => ({
      title: `how ${what} ended is known to the next cell`,
      cells: () => [start, ask],
      check: results => expect(at(results, 1)).toMatchObject({ status: 'ok', result: answer }),
    }),
  ),
]
