import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { reexecutes } from '../../checks/reexecutes.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { Cell } from '../../schemas/cell.ts'
import { couldNotTell } from '../../schemas/measurement.ts'
import type { Observation, Trajectory } from '../../schemas/trajectory.ts'
import { python } from '../../tools/python.ts'
import { defineTool, type Tool, ToolError, Type } from '../../tools/tool.ts'
import { openCheckBench, told } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, image, observation, reply, trajectory } from '../fixtures.ts'

const bench = await openCheckBench([python()], bubblewrap())
afterAll(() => bench[Symbol.asyncDispose]())

const measure = (trajectory: Trajectory) => reexecutes().measure(trajectory, bench.context)

/** The record with one of its cells told otherwise. */
function retold(honest: Trajectory, number: number, change: (cell: Cell) => Partial<Cell>): Trajectory {
  const copy = structuredClone(honest)
  const data = copy.turns[number - 1]?.observations[0]?.data
  if (data?.kind !== 'cell') throw new Error(`cell ${number} is not there`)
  Object.assign(data, change(data))
  return copy
}

const honest = await bench.record([
  'import random\nw, h = image_1.size\nprint(w, h)\nprint("noise", random.random())',
  'image_1.resize((w * 3, h * 3))',
  'w / 0',
  'w * h',
])

describe('reexecutes', () => {
  checkConformance(async use =>
    use({
      check: reexecutes(),
      context: bench.context,
      passing: honest,
      failing: retold(honest, 4, () => ({ result: '49' })),
    }),
  )
})

test.each<[string, number, (cell: Cell) => Partial<Cell>, string]>([
  [
    'an edited line of output',
    1,
    cell => ({ stdout: cell.stdout.replace('8 6', '8 7') }),
    'stdout line 1 was "8 7", now "8 6"',
  ],
  [
    'a line of output taken away',
    1,
    cell => ({ stdout: cell.stdout.split('\n').slice(0, 1).join('\n') }),
    'stdout line 2 was missing, now "noise',
  ],
  ['a better result', 4, () => ({ result: '49' }), 'result line 1 was "49", now "48"'],
  ['no result', 4, () => ({ result: null }), 'result line 1 was missing, now "48"'],
  ['a swapped image', 2, () => ({ images: [image()] }), 'image 1 of 1 has other pixels'],
  ['an image taken away', 2, () => ({ images: [] }), '0 images before, 1 now'],
  [
    'another exception',
    3,
    () => ({ error: { name: 'ValueError', value: '', traceback: '' } }),
    'exception line 1 was "ValueError", now "ZeroDivisionError"',
  ],
  ['an error hidden', 3, () => ({ status: 'ok', error: null }), 'status line 1 was "ok", now "error"'],
  ['other code', 4, () => ({ code: 'w * h * 1' }), 'code line 1'],
])('%s', async (_, number, change, expected) => {
  const measured = await measure(retold(honest, number, change))
  expect(told(measured)).toContain(`differs: cell ${number} (turn ${number}): ${expected}`)
})

test('an honest record passes, and one with a thread left behind does not', async () => {
  expect(told(await measure(honest))).toBe('passed: cells run again: 4')
  expect(told(await measure(retold(honest, 2, () => ({ reproducible: false }))))).toMatch(
    /^not_repro.*cell 2/,
  )
})

/** The record with other words shown than those that came back. */
function shownOtherwise(number: number, before: string, after: string): Trajectory {
  const copy = structuredClone(honest)
  const parts = copy.turns[number - 1]?.observations[0]?.parts ?? []
  for (const part of parts) if (part.type === 'text') part.text = part.text.replace(before, after)
  return copy
}

test.each<[string, Trajectory, string]>([
  [
    'a number edited in what was shown alone',
    shownOtherwise(1, '8 6', '8 7'),
    'cell 1 (turn 1): line 2 was "8 7", now "8 6"',
  ],
  [
    'words added to what was shown alone',
    shownOtherwise(4, '48', '48\nThe answer is 12.'),
    'cell 4 (turn 4): line 3 was "The answer is 12.", now missing',
  ],
])('%s is found', async (_, edited, detail) => {
  expect(await measure(edited)).toEqual({ passed: false, reason: 'shown_differs', detail })
})

test('a picture that was shown and not made is found', async () => {
  const copy = structuredClone(honest)
  for (const part of copy.turns[1]?.observations[0]?.parts ?? [])
    if (part.type === 'image') part.image = image()
  expect(await measure(copy)).toMatchObject({
    reason: 'shown_differs',
    detail: 'cell 2 (turn 2): image 1 of 1 has other pixels',
  })
})

const chance =
  'import os, time, random, sys, warnings\nchance = os.urandom(6).hex()\nnumber = int(chance, 16)\n'
const deep = `from PIL import Image
import numpy as np
low = np.full((4, 4), 256 * 7, np.uint16)
low[0, 0] += number % 251
Image.fromarray(low).save('deep.png')`

test.each<[string, string, string]>([
  ['stdout', 'print(number)', 'stdout line 1'],
  ['stderr', "sys.stderr.write('points: %d' % number)", 'stderr line 1'],
  ['a warning', 'warnings.warn(chance)', 'stderr line 1'],
  ['the end of a warning of many lines', 'warnings.warn("a\\nb\\n" + chance)', 'stderr line 3'],
  ['an exception', 'raise ValueError(chance)', 'message of the exception line 1'],
  ['the cause of an exception', 'raise ValueError("x") from OSError(chance)', 'traceback line 1'],
  ['a long hexadecimal number', 'print(hex(number))', 'stdout line 1'],
  ['the clock in hexadecimal', 'hex(time.time_ns())', 'result line 1'],
  ['a hexadecimal number at a word', "print('pixel at', hex(number))", 'stdout line 1'],
  ['a short one in brackets', "print('<pixel at %#x>' % (number % 65521))", 'stdout line 1'],
  ['a bracket on another line', "print('<a>\\npixel at', hex(number))", 'stdout line 2'],
  ['the last expression', 'number', 'result line 1'],
  [
    'the number of pictures beyond the limit beside stderr',
    `from PIL import Image\nfor _ in range(12 + number % 97): display(Image.new('1', (2, 2)))\nprint(time.time(), file=sys.stderr)`,
    'stderr line 1',
  ],
])('chance in %s is found', async (_, code, where) => {
  const recorded = await bench.record([chance + code])
  expect(await measure(recorded)).toMatchObject({
    passed: false,
    reason: 'differs',
    detail: expect.stringContaining(`cell 1 (turn 1): ${where}`),
  })
})

/** The record as an older kindling made it, which left transparency and depth in the pictures that code drew. */
async function olderRecord(code: string): Promise<Trajectory> {
  const recorded = await bench.record([code])
  await using session = await bench.context.sandbox.open({ files: {}, prelude: '', seed: 0 })
  const [drawn] = (await session.exec(code)).images
  const bytes = drawn?.bytes ?? Buffer.alloc(0)
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const pixels = createHash('sha256').update(`${info.width}x${info.height}:`).update(data).digest('hex')
  const older = { ...image(), sha256: await bench.store.putBlob(bytes), pixels, width: 4, height: 4 }
  const observation = recorded.turns[0]?.observations[0]
  if (observation?.data?.kind === 'cell') observation.data.images = [older]
  for (const part of observation?.parts ?? []) if (part.type === 'image') part.image = older
  return recorded
}

test.each<[string, string, string]>([
  ['a transparent picture', "from PIL import Image\nImage.new('RGBA', (4, 4)).save('a.png')", ''],
  ['a picture of 16 bits', deep.replace('number % 251', '3'), ''],
  ['chance in the low bytes of one', chance + deep, 'image 1 of 1 has other pixels in its low bytes'],
])('of an older record, %s is compared as it was kept', async (_, code, differs) => {
  const detail = differs ? expect.stringContaining(differs) : 'cells run again: 1'
  expect(await measure(await olderRecord(code))).toMatchObject({ passed: differs === '', detail })
})

test.each<[string, string]>([
  ['warnings of numpy', 'import numpy as np\nnp.float64(1) / np.float64(0)'],
  ['a warning from inside a library', 'import numpy as np\nnp.mean([])'],
  ['the seconds in what OpenCV says', 'import cv2\ncv2.imread("nowhere.png")'],
  ['an exception of OpenCV', 'import cv2\ncv2.cvtColor(None, 6)'],
  ['an exception that names an object', 'from PIL import Image\nimport io\nImage.open(io.BytesIO(b"x"))'],
  ['an exception from inside a library', 'import numpy as np\nnp.zeros((2, 2)) @ np.zeros(3)'],
  ['objects of every kind', 'print(object(), lambda: 0, (n for n in []), int.__add__, [].append, image_1)'],
  [
    'objects whose text goes on after the address',
    'import weakref, concurrent.futures as f\nclass A: pass\na = A()\n' +
      'print(weakref.ref(a), compile("1", "x", "eval"), f.Future(), memoryview(b""), sep="\\n")',
  ],
  ['an object within brackets', 'print([object()], {"a": object()}, "<", object().__str__)'],
  ['a traceback through lambdas', '(lambda f: f(f))(lambda f: f.missing)'],
  ['the seeds of random and numpy', 'import random, numpy as np\nprint(random.random(), np.random.rand())'],
  ['the order of a set of words', 'print({"a", "b", "c"}, hash("a"))'],
  ['a recursion without end', 'def f(n): return f(n + 1)\nf(0)'],
  [
    'threads that were joined',
    'import threading\nt = threading.Thread(target=print, args=(1,))\nt.start(); t.join()',
  ],
  ['a picture of 16 bits', deep.replace('number % 251', '3')],
])('%s are no difference', async (_, code) => {
  const recorded = await bench.record([code])
  expect(await measure(recorded)).toMatchObject({ passed: true })
})

test('where an endless loop is interrupted is no difference', async () => {
  const hurried = bubblewrap({ limits: { cellMs: 700 } })
  await using _ = hurried
  const recorded = await bench.record(['x = 0\nwhile True:\n    x += 1\n    x -= 1\n    y = x'], hurried)
  const { passed, detail } = await reexecutes().measure(recorded, { ...bench.context, sandbox: hurried })
  expect([passed, detail]).toEqual([true, 'cells run again: 1'])
})

test.each<[string, string]>([
  ['which modules are loaded', "import sys\nprint('cv2' in sys.modules)"],
  ['how many there are', 'import sys\nlen(sys.modules)'],
])('code that sees %s differs only in a fresh Python', async (_, code) => {
  expect(await measure(await bench.record([code]))).toMatchObject({
    passed: false,
    reason: 'fresh_differs',
    detail: expect.stringMatching(/^cell 1 \(turn 1\): .* it is as recorded\)$/),
  })
})

const elsewhere = (trajectory: Trajectory): Trajectory => ({
  ...trajectory,
  environment: { ...trajectory.environment, hash: 'elsewhere' },
})

test('another environment is blamed before the record', async () => {
  const edited = elsewhere(retold(honest, 4, () => ({ result: '49' })))
  expect(await measure(edited)).toMatchObject({
    passed: false,
    reason: 'environment_differs',
    detail: expect.stringContaining('result line 1 was "49", now "48" (ran in environment elsewhere'),
  })
})

test('what gives the same in another environment passes', async () => {
  expect(await measure(elsewhere(honest))).toMatchObject({ passed: true })
})

test('addresses may differ; hexadecimal numbers that were computed may not', async () => {
  const recorded = await bench.record(['print(object(), lambda: 0)', 'print(hex(image_1.width * 31))'])
  expect(recorded.turns[0]?.observations[0]?.data).toMatchObject({
    stdout: expect.stringContaining(' at 0x'),
  })
  expect(await measure(recorded)).toMatchObject({ passed: true })
  expect(await measure(retold(recorded, 2, () => ({ stdout: '0xf9\n' })))).toMatchObject({
    detail: 'cell 2 (turn 2): stdout line 1 was "0xf9", now "0xf8"',
  })
})

test('a thread that outlives its cell is seen, and the record is not reproducible', async () => {
  const code = 'import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()'
  expect(await measure(await bench.record([code]))).toMatchObject({
    passed: false,
    reason: 'not_reproducible',
    detail: 'cell 1 (turn 1) left a thread or a process behind',
  })
})

test('code that differs every time is found out without anybody editing it', async () => {
  const recorded = await bench.record(['import time\nprint(time.time_ns())'])
  expect(await measure(recorded)).toMatchObject({ passed: false, reason: 'differs' })
})

test('a session that code destroyed starts again, as it did in the rollout', async () => {
  const recorded = await bench.record(['w = image_1.width', 'import os\nos._exit(3)', 'w', 'image_1.width'])
  expect(recorded.turns[2]?.observations[0]?.data).toMatchObject({ error: { name: 'NameError' } })
  expect(await measure(recorded)).toMatchObject({ passed: true, detail: 'cells run again: 4' })
})

test('calls that never ran are not run, and what is called by a name that no tool has is believed', async () => {
  const search = { id: 'call_2', name: 'text_search', arguments: '{"query":"x"}' }
  const recorded = await bench.record([
    { id: 'call_1', name: 'python', arguments: '{"code": ' },
    { id: 'call_2', name: 'no_such_tool', arguments: '{}' },
    'print(image_1.size)',
  ])
  recorded.turns.splice(2, 0, {
    reply: reply({ calls: [search], stop: 'calls' }),
    observations: [observation({ callId: 'call_2', data: null })],
  })
  const detail = 'cells run again: 1; calls that cannot be made again: 1'
  expect(await measure(recorded)).toMatchObject({ passed: true, detail })
})

const broken = {
  ...bench.context,
  sandbox: { ...bench.context.sandbox, open: () => Promise.reject(new Error('no room')) },
}

test('a trajectory without code passes and opens nothing', async () => {
  const silent = trajectory({ turns: [answerTurn('8')] })
  expect(await reexecutes().measure(silent, broken)).toMatchObject({ passed: true })
})

test('code whose tool is not there any more cannot be checked', async () => {
  expect(await reexecutes().measure(honest, { ...bench.context, tools: [] })).toEqual(
    couldNotTell('no_tool', 'cell 1 (turn 1): there is no tool python any more'),
  )
})

/** A row that called a tool which tells how large the picture is, and was shown this. */
const sized = (text: string, seen: Partial<Observation> = {}): Trajectory => ({
  ...honest,
  turns: [
    {
      reply: reply({ calls: [{ id: 'call_1', name: 'size', arguments: '{}' }], stop: 'calls' }),
      observations: [observation({ data: null, parts: [{ type: 'text', text }], ...seen })],
    },
    answerTurn('8'),
  ],
})
const size = defineTool({
  name: 'size',
  description: 'The size of the first image.',
  args: Type.Object({}),
  options: {},
  stateful: false,
  async run(_, { images: [first] }) {
    if (!first) throw new ToolError('There is no image.')
    return { parts: [{ type: 'text', text: `${first.width}x${first.height}` }], data: null, mistake: null }
  },
})
const refusing = defineTool({
  ...size,
  repeatable: true,
  run: async () => {
    throw new ToolError('There is no image.')
  },
})
const failed = { mistake: { kind: 'tool_error', message: 'There is no image.' } } as const

test.each<[string, Tool, Trajectory, string]>([
  [
    'of which nobody knows whether it would show the same',
    size,
    sized('8x6'),
    'not_repeatable: cells run again: 0; calls that cannot be made again: 1',
  ],
  [
    'that is repeatable',
    { ...size, repeatable: true },
    sized('8x6'),
    'passed: cells run again: 0; other calls made again: 1',
  ],
  [
    'that shows something else now',
    { ...size, repeatable: true },
    sized('9x6'),
    'shown_differs: size (turn 1): line 1 was "9x6", now "8x6"',
  ],
  ['that refuses now', refusing, sized('8x6'), 'differs: size (turn 1): it fails now'],
  [
    'that refused then, too',
    refusing,
    sized('There is no image.', failed),
    'passed: cells run again: 0; other calls made again: 1',
  ],
])('a call of a tool of one’s own %s', async (_, tool, row, expected) => {
  const measured = await reexecutes().measure(row, { ...bench.context, tools: [tool] })
  expect(told(measured)).toBe(expected)
  expect(measured.couldNotTell ?? false).toBe(expected.startsWith('not_repeatable'))
})

test('what differs counts more than a record that is missing, before it or behind', async () => {
  for (const [bare, edited] of [
    [1, 4],
    [4, 2],
  ] as const) {
    const forged = retold(honest, edited, () => ({ result: '49', images: [] }))
    const seen = forged.turns[bare - 1]?.observations[0]
    if (seen) seen.data = null
    expect(await measure(forged)).toMatchObject({ passed: false, reason: 'differs' })
    expect((await measure(forged)).couldNotTell).toBeUndefined()
  }
})

test('a sandbox that breaks is no fact about the trajectory', async () => {
  await expect(reexecutes().measure(honest, broken)).rejects.toThrow('no room')
})
