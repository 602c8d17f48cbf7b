import { expect } from 'vitest'
import { type Abuse, at, everything } from './abuse.ts'

/** Finds the kernel and the running request in the frames below the cell, as any cell can. */
const findKernel = `
frame = sys._getframe()
while frame and 'request' not in frame.f_locals: frame = frame.f_back
kernel, nonce = frame.f_locals['self'], frame.f_locals['request']['nonce']
`
const frame = (header: object, size = 0) => `${JSON.stringify({ ...header, size })}\\n`
const writeEverywhere = (bytes: string) =>
  `for fd in range(3, 10):\n    try: os.write(fd, ${bytes})\n    except OSError: pass`

/** What a thread of an earlier cell may send without end. */
const floods = {
  'bytes on stdout': "os.write(1, b'x' * 65536)",
  'bytes on stderr': "os.write(2, b'x' * 65536)",
  'frames without content': `os.write(3, b'${frame({ type: 'surprise' })}')`,
  'frames of many bytes': `os.write(3, b'${frame({ type: 'surprise' }, 1 << 16)}' + bytes(1 << 16))`,
}

/** Headers that are quick to send and slow to read, as Python. */
const headers = {
  deep: `'{"x":' + '[' * 400_000 + ']' * 400_000 + ',"size":0}'`,
  'deep in objects': `'{"a":' * 100_000 + '0' + '}' * 100_000`,
  wide: `'{"x":[' + '0,' * 400_000 + '0],"size":0}'`,
  'of many names': `'{' + ''.join('"%d":0,' % n for n in range(90_000)) + '"size":0}'`,
  'full of spaces': `'{"size":' + ' ' * 900_000 + '0}'`,
}

/** Output and the protocol: what code writes must not be taken for what the machinery says. */
export const forgery: Abuse[] = [
  {
    title: 'a flood on stdout is ended and the first part kept',
    cells: () => ['while True: print("x" * 1000)'],
    check(results) {
      expect(at(results, 0)).toMatchObject({ status: 'output_limit', truncated: true, alive: false })
      expect(at(results, 0).stdout).toHaveLength(100_000)
    },
  },
  {
    title: 'a flood by another program is ended',
    cells: () => ['import subprocess; subprocess.run(["/usr/bin/yes"])'],
    check: results => expect(at(results, 0).status).toBe('output_limit'),
  },
  {
    title: 'a flood on stderr is ended',
    cells: () => ['while True: os.write(2, b"y" * 65536)'],
    check(results) {
      expect(at(results, 0).status).toBe('output_limit')
      expect(at(results, 0).stderr).toHaveLength(100_000)
    },
  },
  {
    title: 'long output is cut and the session goes on',
    cells: () => ['print("z" * 5_000_000)', '1 + 1'],
    check(results) {
      expect(at(results, 0)).toMatchObject({ status: 'ok', truncated: true, stdout: 'z'.repeat(100_000) })
      expect(at(results, 1)).toMatchObject({ result: '2', truncated: false })
    },
  },
  {
    title: 'an end with another nonce is not believed',
    cells: () => [
      `${writeEverywhere(`b'${frame({ type: 'done', nonce: '0', status: 'ok', result: 'FORGED' })}'`)}\n"real"`,
      '2',
    ],
    check(results) {
      expect(results.map(({ result }) => result)).toEqual(["'real'", '2'])
    },
  },
  {
    title: 'a cell that steals its nonce can only answer for itself',
    cells: () => [
      `import json, time
${findKernel}
for fd in (1, 2): os.write(fd, b'\\0' + nonce.encode() + b'\\0')
kernel.send({'type': 'done', 'nonce': nonce, 'status': 'ok', 'result': 'lie'})
time.sleep(0.3)
'late'`,
      '40 + 2',
    ],
    check: results => expect(results.map(({ result }) => result)).toEqual(['lie', '42']),
  },
  {
    title: 'a kernel that was replaced answers for this session only, within its limits',
    cells: () => [
      `${findKernel}
def answer(self, request):
    for fd in (1, 2): os.write(fd, b'\\0' + request['nonce'].encode() + b'\\0')
    self.send({'type': 'done', 'nonce': request['nonce'], 'status': 'timeout', 'result': 'r' * 99999, 'threads': -5})
type(kernel).answer = answer`,
      '40 + 2',
    ],
    check(results) {
      expect(at(results, 1)).toMatchObject({ status: 'error', leftover: { threads: 0, processes: 0 } })
      expect(at(results, 1).result).toHaveLength(20_000)
    },
  },
  {
    title: 'garbage on the channel ends the session and nothing after it is read',
    cells: () => [
      `${findKernel}
os.write(3, b'\\xff\\xfe garbage\\n')
for fd in (1, 2): os.write(fd, b'\\0' + nonce.encode() + b'\\0')
kernel.send({'type': 'done', 'nonce': nonce, 'status': 'ok', 'result': 'FORGED'})`,
      '1',
    ],
    check(results) {
      expect(results.map(({ status }) => status)).toEqual(['protocol', 'dead'])
      expect(everything(results)).not.toMatch(/FORGED/)
    },
  },
  {
    title: 'a frame without an end does not fill memory',
    cells: () => [writeEverywhere("b'x' * (200 << 20)")],
    check: results => expect(at(results, 0)).toMatchObject({ status: 'protocol', alive: false }),
  },
  {
    title: 'a frame that claims to be huge ends the session',
    cells: () => [
      `os.write(3, b'${frame({ type: 'image', source: 'display' }, 1e12)}')\nimport time; time.sleep(600)`,
    ],
    check: results => expect(at(results, 0).status).toBe('protocol'),
  },
  ...['null', '[1]', '3', '"text"', '{}', '{"size":-1}', '{"size":"1"}'].map(
    (line): Abuse => ({
      title: `${line} is no frame`,
      cells: () => [`os.write(3, b'${line}\\n')`, '1'],
      check: results => expect(results.map(({ status }) => status)).toEqual(['protocol', 'dead']),
    }),
  ),
  {
    title: 'a frame cannot reach into prototypes or bring values of other types',
    cells: () => [
      `os.write(3, b'${frame({ type: 'image', source: 'display', name: { a: 1 } })}')
os.write(3, b'{"type":"image","__proto__":{"polluted":1},"source":5,"size":0}\\n')
os.write(3, b'${frame({ type: 'surprise' })}')
3`,
    ],
    check(results) {
      expect(at(results, 0)).toMatchObject({ result: '3', images: [{ name: null }] })
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    },
  },
  {
    title: 'a thread that outlives its cell is told of',
    cells: () => [
      `import threading, time
def chatter():
    for number in range(20):
        time.sleep(0.02)
        print('behind', number)
threading.Thread(target=chatter, daemon=True).start()
print('a')`,
      'print("b")',
    ],
    check(results) {
      expect(at(results, 0).stdout).toMatch(/^a\n/)
      expect(at(results, 0).leftover.threads).toBe(1)
    },
  },
  ...Object.entries(floods).map(
    ([what, action]): Abuse => ({
      title: `${what} while no cell runs end the session, and the next cell is told`,
      cells: () => [
        `import threading, time
def flood():
    time.sleep(0.5)
    for _ in range(4096): ${action}
threading.Thread(target=flood, daemon=True).start()`,
        { code: '1', idleMs: 3000 },
        '2',
      ],
      check(results) {
        expect(results.map(({ status }) => status)).toEqual([
          'ok',
          expect.stringMatching('output_limit|protocol'),
          'dead',
        ])
      },
    }),
  ),
  {
    title: 'a session that its own thread ends while no cell runs is told of at the next cell',
    cells: () => [
      'import threading\nthreading.Timer(0.3, os._exit, (0,)).start()',
      { code: '1', idleMs: 1500 },
      '2',
    ],
    check: results => expect(results.map(({ status }) => status)).toEqual(['ok', 'crash', 'dead']),
  },
  ...Object.entries(headers).map(
    ([what, header]): Abuse => ({
      title: `a header that is ${what} is not read`,
      cells: () => [`os.write(3, (${header}).encode() + b'\\n')`, '1'],
      check: results => expect(results.map(({ status }) => status)).toEqual(['protocol', 'dead']),
    }),
  ),
  {
    title: 'a header may have long texts of any characters',
    cells: () => [`${findKernel}\nkernel.send({'type': 'surprise', 'text': '\\\\"[{:,' * 20_000})\n'after'`],
    check: results => expect(at(results, 0)).toMatchObject({ status: 'ok', result: "'after'" }),
  },
  {
    title: 'more frames than a cell has to send end the session',
    cells: () => [`for _ in range(2000): os.write(3, b'${frame({ type: 'surprise' })}')`],
    check: results => expect(at(results, 0)).toMatchObject({ status: 'protocol', alive: false }),
  },
  {
    title: 'counts that cannot be are bounded',
    cells: () => [
      `${findKernel}
for fd in (1, 2): os.write(fd, b'\\0' + nonce.encode() + b'\\0')
kernel.send({'type': 'done', 'nonce': nonce, 'dropped': 2 ** 53 - 1, 'threads': 10 ** 15, 'processes': 1e300})`,
    ],
    check(results) {
      const { droppedImages, leftover } = at(results, 0)
      expect(droppedImages).toBeLessThanOrEqual(1e6)
      expect(leftover.threads).toBeLessThanOrEqual(32)
      expect(leftover.processes).toBeLessThanOrEqual(32)
    },
  },
  {
    title: 'a copy of the kernel never answers',
    cells: () => ['child = os.fork()\nchild == 0', 'print("once")'],
    check(results) {
      expect(results.map(({ status }) => status)).toEqual(['ok', 'ok'])
      expect(at(results, 0).result).toBe('False')
      expect(at(results, 1).stdout).toBe('once\n')
    },
  },
  {
    title: 'a thousand displayed images are capped',
    cells: () => ['from PIL import Image\nfor _ in range(1000): display(Image.new("RGB", (8, 8)))'],
    check: results => expect(at(results, 0)).toMatchObject({ droppedImages: 990, images: { length: 10 } }),
  },
  {
    title: 'images sent past the kernel are capped too',
    cells: () => [
      `for _ in range(30): os.write(3, b'${frame({ type: 'image', source: 'display', name: null })}')`,
    ],
    check: results => expect(at(results, 0)).toMatchObject({ droppedImages: 20, images: { length: 10 } }),
  },
]
