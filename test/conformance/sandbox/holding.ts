import { expect } from 'vitest'
import { type Abuse, at } from './abuse.ts'

/** `fill` writes into a socket until nothing more goes in. */
const sockets = `
import socket, time
def fill(end):
    end.setblocking(False)
    try:
        while True: end.send(bytes(1 << 15))
    except BlockingIOError: return
def pair():
    ends = socket.socketpair()
    fill(ends[0])
    return ends
`
const inChildren = (count: number, code: string) => `
import time
for _ in range(${count}):
    if os.fork() == 0:
${code.replace(/^/gm, '        ')}
        time.sleep(600)
time.sleep(600)`

/** Code that holds more than its limit and would like nobody to see it, and how it ends. */
const hidden: [how: string, code: string][] = [
  [
    'in a process that closed itself',
    'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nheld = bytearray(900 << 20)\nimport time; time.sleep(600)',
  ],
  [
    'in children that closed themselves',
    inChildren(4, 'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nheld = bytearray(300 << 20)'),
  ],
  [
    'in programs that may be run but not read',
    `import shutil, subprocess, time
shutil.copy(os.path.realpath(sys.executable), '/work/closed')
os.chmod('/work/closed', 0o111)
code = 'held = bytearray(300 << 20); import time; time.sleep(600)'
held = [subprocess.Popen(['/work/closed', '-S', '-c', code]) for _ in range(4)]
time.sleep(600)`,
  ],
  [
    'in advice to page it out',
    inChildren(
      4,
      'import mmap\nheld = mmap.mmap(-1, 300 << 20, flags=0x22)\nfor place in range(0, len(held), 4096): held[place] = 1\nheld.madvise(21)',
    ),
  ],
  [
    'partly in files',
    "held = [open(f'/tmp/{n}', 'wb').write(bytes(30 << 20)) for n in range(2)]\nfor n in range(4): open(f'/work/{n}', 'wb').write(bytes(60 << 20))\nmore = bytearray(300 << 20)\nimport time; time.sleep(600)",
  ],
  [
    'partly in a file without a name',
    "held = [os.open('/work', os.O_TMPFILE | os.O_RDWR) for _ in range(4)]\nfor each in held: os.write(each, bytes(60 << 20))\nmore = bytearray(400 << 20)\nimport time; time.sleep(600)",
  ],
  [
    'behind a listener that accepts nobody',
    `${sockets}
listener = socket.socket(socket.AF_UNIX)
listener.bind('/work/listener')
listener.listen(4096)
for _ in range(4000):
    caller = socket.socket(socket.AF_UNIX)
    caller.connect('/work/listener')
    fill(caller)
    caller.close()
time.sleep(600)`,
  ],
  ['in the queues of sockets', `${sockets}${inChildren(24, 'held = [pair() for _ in range(120)]')}`],
  [
    'in queues with larger buffers',
    `${sockets}
def large():
    ends = socket.socketpair()
    ends[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    fill(ends[0])
    return ends
${inChildren(24, 'held = [large() for _ in range(120)]')}`,
  ],
]

/** Memory that no figure tells: there is none of it. */
const refused: [what: string, expression: string][] = [
  ['shared memory without a file', "__import__('mmap').mmap(-1, 1 << 20)"],
  ['the same by its other name', "__import__('mmap').mmap(-1, 1 << 20, flags=0x23)"],
  ["the zero device's shared memory", "__import__('mmap').mmap(os.open('/dev/zero', os.O_RDWR), 1 << 20)"],
  ['huge pages', "__import__('mmap').mmap(-1, 2 << 20, flags=0x40022)"],
  ['files in memory outside any folder', "os.memfd_create('x')"],
  ['pages that a pipe keeps: splice', "os.splice(os.open('/usr/bin/env', 0), os.pipe()[1], 4096)"],
  ['pages that a pipe keeps: sendfile', "os.sendfile(os.pipe()[1], os.open('/usr/bin/env', 0), 0, 4096)"],
  ['larger pipes', "__import__('fcntl').fcntl(os.pipe()[1], 1031, 1 << 20)"],
]

/** What honest code does with the same means. The last ones need no process of their own. */
export const honest: [what: string, code: string, printed: string][] = [
  [
    'shared memory with a name',
    `from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=8 << 20)
block.buf[:4] = b'held'
other = shared_memory.SharedMemory(block.name)
print(bytes(other.buf[:4]))
other.close(); block.close(); block.unlink()`,
    "b'held'\n",
  ],
  [
    'values and arrays of several processes',
    `import multiprocessing
total = multiprocessing.Value('i', 0)
def add(value):
    with total.get_lock(): total.value += value
workers = [multiprocessing.Process(target=add, args=(n,)) for n in (1, 2, 3)]
for each in workers: each.start()
for each in workers: each.join()
print(total.value)`,
    '6\n',
  ],
  [
    'a manager',
    'import multiprocessing\nwith multiprocessing.Manager() as manager: print(dict(manager.dict(a=1)))',
    "{'a': 1}\n",
  ],
  [
    'asyncio and its sockets',
    "import asyncio\nasync def two(): return await asyncio.gather(asyncio.to_thread(len, 'ab'), asyncio.sleep(0, 5))\nprint(asyncio.run(two()))",
    '[2, 5]\n',
  ],
  [
    'copies, archives and temporary files',
    `import shutil, tarfile, tempfile, zipfile
open('a.txt', 'w').write('text' * 1000)
os.utime('a.txt', (1e9, 1e9))
shutil.copy2('a.txt', 'b.txt')
shutil.make_archive('c', 'gztar', '.', 'b.txt')
tarfile.open('c.tar.gz').extractall('d')
with zipfile.ZipFile('e.zip', 'w') as packed: packed.write('a.txt')
zipfile.ZipFile('e.zip').extractall('f')
with tempfile.NamedTemporaryFile() as file: file.write(b'x')
shutil.copytree('d', 'g'); shutil.move('g', 'h')
print([len(open(name).read()) for name in ('b.txt', 'd/b.txt', 'f/a.txt', 'h/b.txt')])`,
    '[4000, 4000, 4000, 4000]\n',
  ],
  [
    'a tenth of a limit in large arrays that come and go',
    `import cv2, numpy
for _ in range(20): total = cv2.GaussianBlur(numpy.ones((2000, 2000), numpy.float32), (5, 5), 0) @ numpy.ones(2000, numpy.float32)
print(float(total[0]))`,
    '2000.0\n',
  ],
]

/** Memory is bounded by what is held, not by what is resident in a process that lets itself be read. */
export const holding: Abuse[] = [
  ...hidden.map(
    ([how, code]): Abuse => ({
      title: `memory is counted ${how}`,
      cells: () => [code],
      check: results => expect(at(results, 0)).toMatchObject({ status: 'memory_limit', alive: false }),
    }),
  ),
  ...refused.map(
    ([what, expression]): Abuse => ({
      title: `refused, as nobody could count it: ${what}`,
      cells: () => [`print(attempt(lambda: ${expression}))`],
      check: results => expect(at(results, 0).stdout).toMatch(/^(?:PermissionError|OSError: \[Errno 19\])/),
    }),
  ),
  ...honest.map(
    ([what, code, printed]): Abuse => ({
      title: `honest code still has ${what}`,
      cells: () => [code],
      check: results => expect(at(results, 0)).toMatchObject({ status: 'ok', stdout: printed }),
    }),
  ),
]
