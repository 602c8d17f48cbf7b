import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Abuse, at, type Bait } from './abuse.ts'

const statuses = (results: Parameters<Abuse['check']>[0]) => results.map(({ status }) => status)

/** Command lines of every process on this machine. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()
      } catch {
        return ''
      }
    })
}

const gone = ({ sleep }: Bait) => expect(commandLines().filter(line => line.includes(`${sleep}`))).toEqual([])

const pixelBomb = `
import struct, zlib
def chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
packer = zlib.compressobj(9)
rows = b''.join(packer.compress(bytes(1 + 30000 // 8)) for _ in range(30000)) + packer.flush()
header = struct.pack('>IIBBBBB', 30000, 30000, 1, 0, 0, 0, 0)
picture = b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', header) + chunk(b'IDAT', rows) + chunk(b'IEND', b'')
open('bomb.png', 'wb').write(picture)`

/** Ends, crashes and hostile objects: each is told for what it is, and only its own session suffers. */
export const mischief: Abuse[] = [
  {
    title: 'closing every descriptor ends the session at most',
    cells: () => ['os.closerange(0, 64)', '1'],
    check: results => expect(statuses(results)).toEqual(['crash', 'dead']),
  },
  {
    title: 'leaving with success is a crash',
    cells: () => ['os._exit(0)', '1'],
    check: results => expect(statuses(results)).toEqual(['crash', 'dead']),
  },
  {
    title: 'sys.exit and quit end the cell only',
    cells: () => ['sys.exit(3)', 'quit()', '1 + 1'],
    check: results => expect(statuses(results)).toEqual(['exit', 'exit', 'ok']),
  },
  {
    title: 'a segmentation fault is a crash',
    cells: () => ['ctypes.string_at(0)', '1'],
    check: results => expect(statuses(results)).toEqual(['crash', 'dead']),
  },
  {
    title: 'abort is a crash',
    cells: () => ['os.abort()'],
    check: results => expect(statuses(results)).toEqual(['crash']),
  },
  {
    title: 'killing itself or everything reaches nothing else',
    cells: () => ['os.kill(os.getpid(), 9)', 'print(attempt(lambda: os.kill(-1, 9)))', '1'],
    check: results => expect(statuses(results)).toEqual(['ok', 'ok', 'ok']),
  },
  {
    title: 'objects whose text raises are told all the same',
    cells: () => [
      'class E(Exception):\n    def __str__(self): raise ValueError\nclass R:\n    def __repr__(self): raise RuntimeError("x")\nR()',
      'class E(Exception):\n    def __str__(self): raise SystemExit\nraise E',
      'class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass\nraise E',
      ...['__traceback__', '__class__', '__cause__', '__dict__', 'args', 'with_traceback'].map(
        name => `class E(Exception): ${name} = property(lambda self: 1 / 0)\nraise E('${name}')`,
      ),
      `class S(str):
    def __getitem__(self, key): return object()
    __str__ = __len__ = lambda self: 1 / 0
class E(Exception):
    def __str__(self): return S('text')
raise E`,
      'class R:\n    def __repr__(self): return S("text")\nR()',
      '1 + 1',
    ],
    check(results) {
      const kinds = ['RuntimeError', ...Array(9).fill('E'), undefined, undefined]
      expect(results.map(({ error }) => error?.name)).toEqual(kinds)
      expect(results.slice(-2).map(({ result }) => result)).toEqual(['text', '2'])
    },
  },
  {
    title: 'a huge repr is cut',
    cells: () => ['"x" * 50_000_000'],
    check(results) {
      expect(at(results, 0).truncated).toBe(true)
      expect(at(results, 0).result).toHaveLength(20_000)
    },
  },
  {
    title: 'becoming another program is stopped by the clock',
    cells: () => [{ code: 'os.execv("/usr/bin/sleep", ["sleep", "1000"])', timeoutMs: 300 }, '1'],
    check: results => expect(statuses(results)).toEqual(['timeout', 'dead']),
  },
  {
    title: 'input has an end',
    cells: () => ['input()'],
    check: results => expect(at(results, 0).error?.name).toBe('EOFError'),
  },
  {
    title: 'text that is not text comes out as text',
    cells: () => ['print(chr(56550)); print("a\\0b")', 'os.write(1, b"\\xff\\xfe\\n"); None'],
    check(results) {
      expect(at(results, 0).stdout).toBe('\\udce6\na\0b\n')
      expect(at(results, 1).stdout).toBe('\ufffd\ufffd\n')
    },
  },
  {
    title: 'a picture of too many pixels is not decoded',
    cells: () => [pixelBomb, 'from PIL import Image\nImage.open("bomb.png").load()'],
    check: results => expect(at(results, 1).error?.name).toMatch(/DecompressionBomb/),
  },
  {
    title: 'processes that detach themselves end with the cell',
    cells: ({ sleep }) => [
      `import subprocess
subprocess.Popen(['/usr/bin/sleep', '${sleep}'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execv('/usr/bin/sleep', ['/usr/bin/sleep', '${sleep}'])
    os._exit(0)
os.wait()`,
      "print([name for name in os.listdir('/proc') if name.isdigit()])",
    ],
    check(results) {
      expect(at(results, 0).leftover.processes).toBeGreaterThan(0)
      expect(at(results, 1).stdout).toBe("['1']\n")
    },
    after: gone,
  },
  {
    title: 'processes of a session that crashed end with it',
    cells: ({ sleep }) => [
      `import subprocess
subprocess.Popen(['/usr/bin/sleep', '${sleep}'], start_new_session=True)
os._exit(0)`,
    ],
    check: results => expect(statuses(results)).toEqual(['crash']),
    after: gone,
  },
  {
    title: 'losing the working folder does not end the session',
    cells: () => ['import shutil\nos.chdir("/"); shutil.rmtree("/work", ignore_errors=True)', '1 + 1'],
    check: results => expect(at(results, 1).result).toBe('2'),
  },
  {
    title: 'replacing what the kernel may use does not break it',
    cells: () => [
      `import json, time, signal
json.dumps = json.loads = os.write = os.kill = os.listdir = os.lstat = os.walk = time.monotonic = lambda *a, **k: '{}'`,
      '1 + 1',
    ],
    check: results => expect(at(results, 1).result).toBe('2'),
  },
  {
    title: 'a pool of processes works',
    cells: () => [
      'from multiprocessing import Pool\nimport math\nwith Pool(2) as pool: print(pool.map(math.sqrt, [1, 4, 9]))',
    ],
    check: results => expect(at(results, 0)).toMatchObject({ status: 'ok', stdout: '[1.0, 2.0, 3.0]\n' }),
  },
]
