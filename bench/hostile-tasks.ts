import sharp from 'sharp'
import type { Reply } from '../schemas/trajectory.ts'
import type { TaskDraft, TaskSource } from '../tasks/source.ts'
import type { Teacher, TeacherRequest } from '../teachers/teacher.ts'

/** Code of honest models: threads, pools, pictures, numbers. Each prints the answer. */
const honest = [
  'print(6 * 7)',
  'import numpy as np\nprint(int(np.arange(7).sum() * 2))',
  `import threading
found = []
thread = threading.Thread(target=lambda: found.append(42))
thread.start(); thread.join()
print(found[0])`,
  `from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool: print(sum(pool.map(lambda n: n, [20, 22])))`,
  `from multiprocessing import Pool
with Pool(2) as pool: print(sum(pool.map(abs, [-20, -22])))`,
  'small = image_1.resize((6, 7))\ndisplay(small)\nprint(small.width * small.height)',
  `import sys
print('a warning', file=sys.stderr)
print(sum(range(9)) + 6)`,
  'import asyncio\nasync def main(): return await asyncio.to_thread(abs, -42)\nprint(asyncio.run(main()))',
]

/** Attacks on memory, time, processors, pictures and what runs beside them. */
const attacks = [
  'held = bytearray(4 << 30)',
  'import ctypes, time\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nheld = bytearray(900 << 20)\ntime.sleep(60)',
  'import mmap\nheld = mmap.mmap(-1, 1200 << 20)\nfor at in range(0, len(held), 1 << 20): held[at] = 1',
  'import os\nwhile True: os.fork()',
  `import os
for _ in range(30):
    if os.fork() == 0:
        os.setsid()
        while True: pass
print(42)`,
  'while True: pass',
  `import threading, sys
def flood():
    while True: sys.stdout.write('x' * 100000)
threading.Thread(target=flood, daemon=True).start()
print(42)`,
  "while True: print('y' * 100000)",
  `bomb = '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f"><feTurbulence numOctaves="20" baseFrequency="0.9"/></filter><rect width="4000" height="4000" filter="url(#f)"/></svg>'
for number in range(8): open(f'c{number}.png', 'w').write(bomb)
print(42)`,
  `import numpy as np
from PIL import Image
for number in range(10): Image.fromarray(np.random.default_rng(number).integers(0, 255, (1200, 1200, 3), 'uint8')).save(f'n{number}.png')
print(42)`,
  'import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nprint(42)',
  'import os\nos._exit(0)',
  "import sys\nsys.stderr.write(str(__import__('os').urandom(8)))\nprint(42)",
  "import os\nos.write(3, b'{}' * 100000)\nprint(42)",
  'import socket, time\nheld = [socket.socketpair() for _ in range(100)]\nfor a, b in held:\n    a.setblocking(False)\n    try:\n        while True: a.send(bytes(65536))\n    except OSError: pass\nprint(42)',
  `class Evil(Exception):
    @property
    def __traceback__(self): raise SystemExit
raise Evil()`,
]

const codes = Array.from({ length: 128 }, (_, index) => {
  const [kind, list] = index % 2 === 0 ? (['honest', honest] as const) : (['attack', attacks] as const)
  const place = Math.floor(index / 2) % list.length
  return { id: `${kind}-${place}-${index}`, code: list[place] ?? '' }
})
const codeOf = new Map(codes.map(({ id, code }) => [id, code]))

const picture = sharp({ create: { width: 60, height: 70, channels: 3, background: '#808080' } })
  .png()
  .toBuffer()

/** One row for each of them. The question names it, so that the teacher knows what to do. */
export const hostileTasks: TaskSource = {
  name: 'hostile',
  options: { tasks: codes.length },
  async *read() {
    for (const { id } of codes) yield draft(id, await picture)
  },
}

const draft = (id: string, bytes: Uint8Array): TaskDraft => ({
  place: id,
  id,
  question: `What does the code of ${id} say?`,
  images: [{ place: id, bytes }],
  choices: null,
  answer: '42',
  answerType: 'number',
  tolerance: null,
  category: id.startsWith('honest') ? 'honest' : 'attack',
  source: { name: 'bench', licence: 'Apache-2.0' },
  meta: {},
})

const reply = (fields: Partial<Reply>): Reply => ({
  text: '',
  reasoning: null,
  calls: [],
  stop: 'end',
  usage: { input: 1, output: 1, cached: 0, reasoning: 0 },
  model: 'scripted',
  raw: null,
  ...fields,
})

/** Asks for the code of the task, and then says 42 whatever came of it. */
export const scriptedTeacher: Teacher = {
  name: 'scripted',
  options: {},
  samples: 1,
  async ask({ question, turns }: TeacherRequest) {
    if (turns.length > 0) return reply({ text: 'It says so.\n<answer>42</answer>' })
    const words = question.map(part => (part.type === 'text' ? part.text : '')).join(' ')
    const id = /code of (\S+) say/.exec(words)?.[1] ?? ''
    const made = { id: 'call_0', name: 'python', arguments: JSON.stringify({ code: codeOf.get(id) }) }
    return reply({ text: 'I run it.', stop: 'calls', calls: [made] })
  },
}
