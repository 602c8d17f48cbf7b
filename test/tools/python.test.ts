import { afterAll, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { SandboxError } from '../../sandbox/sandbox.ts'
import { python } from '../../tools/python.ts'
import { toolConformance } from '../conformance/tool.ts'
import { png } from '../fixtures.ts'
import { type Bench, bench } from './bench.ts'

const sandbox = bubblewrap()
const hurried = bubblewrap({ limits: { cellMs: 1500, memoryMb: 300 } })
afterAll(() => Promise.all([sandbox, hurried].map(each => each[Symbol.asyncDispose]())))

toolConformance('python', async () => {
  const made = await bench(sandbox)
  const good = [
    { code: 'print(image_1.size)\nx = 1' },
    { code: 'display(image_1)\ndisplay(image_1.rotate(90, expand=True))\nx + 1' },
    { code: '1 / 0' },
  ]
  const { context } = made
  const invalid = [{}, { code: 1 }, { code: '' }, { Code: '1' }]
  return {
    tool: python(),
    context,
    good,
    senseless: [],
    invalid,
    [Symbol.asyncDispose]: made[Symbol.asyncDispose],
  }
})

/** Run codes one after the other, on one bench. */
async function results(codes: string[], options: { maxChars?: number; on?: typeof sandbox } = {}) {
  await using made = await bench(options.on ?? sandbox)
  return await callAll(made, codes, options.maxChars)
}

async function callAll(made: Bench, codes: string[], maxChars?: number) {
  const tool = python(maxChars === undefined ? {} : { maxChars })
  const all: Awaited<ReturnType<Bench['call']>>[] = []
  for (const code of codes) all.push(await made.call(tool, { code }))
  return all
}

test('what is printed, the last expression and warnings come back, each under its title', async () => {
  const [ran] = await results(['import sys\nprint("out")\nprint("err", file=sys.stderr)\nimage_1.width * 2'])
  expect(ran).toMatchObject({
    text: 'stdout:\nout\n\nstderr:\nerr\n\nresult:\n16',
    mistake: null,
    data: { kind: 'cell', status: 'ok', stdout: 'out\n', stderr: 'err\n', result: '16', reproducible: true },
  })
})

test('variables last from call to call', async () => {
  const [, second] = await results(['x = image_1.width', 'x + 1'])
  expect(second?.text).toBe('result:\n9')
})

test('code without output says that it ran', async () => {
  const [ran] = await results(['x = 1'])
  expect(ran?.text).toBe('The code ran and gave no output.')
})

test('an exception is the teacher’s mistake, and shows what came before it', async () => {
  const [failed, next] = await results(['print("before")\nint("x")', '1'])
  expect(failed?.mistake).toEqual({
    kind: 'code_error',
    message: "ValueError: invalid literal for int() with base 10: 'x'",
  })
  expect(failed?.text).toMatch(/^stdout:\nbefore\n\nerror:\nTraceback .*File "<cell 1>", line 2.*ValueError/s)
  expect(next?.text).toBe('result:\n1')
})

test('images are numbered after all that were shown before, and exist from then on for the teacher only', async () => {
  await using made = await bench(sandbox, [await png(8), await png(9)])
  const [one, two] = await callAll(made, [
    'display(image_1); display(image_2)',
    'image_2.resize((3, 4)).save("out.png")',
  ])
  expect(one?.text).toBe('Images: image_3 (8x6), image_4 (9x6)')
  expect(two?.text).toBe('Images: image_5 (3x4)')
  expect(made.context.images.map(({ width }) => width)).toEqual([8, 9, 8, 9, 3])
  expect(two?.parts.map(({ type }) => type)).toEqual(['text', 'image'])
})

test('a file that is named like an image and is none is left out', async () => {
  const code = 'open("broken.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\nnothing")\nimage_1.save("good.png")'
  const [ran] = await results([code])
  expect(ran?.text).toContain('Images: image_2 (8x6)')
  expect(ran?.data).toMatchObject({ images: [{ width: 8 }], droppedImages: 1 })
  expect(ran?.mistake).toBeNull()
})

test('images over the limit are counted', async () => {
  const [ran] = await results(['for n in range(13): display(image_1)'])
  expect(ran?.parts).toHaveLength(11)
  expect(ran?.text).toMatch(/image_11 .*\n\n3 more images were over the limit and are not shown\.$/s)
  expect(ran?.data).toMatchObject({ droppedImages: 3 })
})

test('long output loses its middle, in each part of it', async () => {
  const code = 'print("a" * 100 + "b" * 50 + "c" * 100)\n"d" * 300'
  const [ran] = await results([code], { maxChars: 200 })
  expect(ran?.text).toContain(
    `stdout:\n${'a'.repeat(100)}\n… 50 characters left out …\n${'c'.repeat(100)}\n\nresult:\n'${'d'.repeat(99)}\n… 102`,
  )
  expect(ran?.data).toMatchObject({ stdout: `${'a'.repeat(100)}${'b'.repeat(50)}${'c'.repeat(100)}\n` })
})

test('what fits is not touched', async () => {
  const [ran] = await results(['print("a" * 200)'], { maxChars: 200 })
  expect(ran?.text).toBe(`stdout:\n${'a'.repeat(200)}`)
})

test('no cut and no odd text leaves half a character', async () => {
  const codes = ['print("a" + "😀" * 200)', 'raise ValueError(chr(0xd83d))', 'print(chr(0xd83d))']
  for (const { text, mistake, data } of await results(codes, { maxChars: 100 })) {
    expect(text.isWellFormed()).toBe(true)
    JSON.stringify([mistake, data], (_, value) => {
      if (typeof value === 'string') expect(value.isWellFormed()).toBe(true)
      return value
    })
  }
})

const lost = /The session is lost: the next call starts a new one/

test('code that runs too long is stopped, and what it had is still there', async () => {
  const [first, slow, after] = await results(['x = 5', 'print("on")\nwhile True: pass', 'x'], { on: hurried })
  expect(first?.mistake).toBeNull()
  expect(slow?.mistake).toMatchObject({ kind: 'code_error' })
  expect(slow?.data).toMatchObject({ status: 'timeout' })
  expect(slow?.text).toMatch(/^stdout:\non\n.*The code ran too long and was stopped\.$/s)
  expect(slow?.text).not.toMatch(lost)
  expect(after?.text).toBe('result:\n5')
})

const crashes: [string, string, string, RegExp][] = [
  ['that crashes the interpreter', 'import os\nos.abort()', 'crash', /The interpreter crashed\./],
  [
    'that takes too much memory',
    'y = bytearray(600 << 20)\nfor i in range(0, len(y), 4096): y[i] = 1',
    'memory_limit',
    /too much memory/,
  ],
  [
    'that will not be stopped',
    'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass',
    'timeout',
    /ran too long/,
  ],
]

test.each(crashes)('code %s costs its variables, not the rollout', async (_, code, status, says) => {
  const [, broken, after, last] = await results(['x = 5', code, 'x', 'image_1.size'], { on: hurried })
  expect(broken?.data).toMatchObject({ status })
  expect(broken?.mistake).toMatchObject({ kind: 'code_error' })
  expect(broken?.text).toMatch(says)
  expect(broken?.text).toMatch(lost)
  expect(after?.mistake?.message).toBe("NameError: name 'x' is not defined")
  expect(last?.text).toBe('result:\n(8, 6)')
})

test('code that asks the interpreter to end is told so', async () => {
  const [ended] = await results(['raise SystemExit(3)'])
  expect(ended?.data).toMatchObject({ status: 'exit' })
  expect(ended?.text).toMatch(/SystemExit: 3\n\nThe code asked the interpreter to end\.$/)
})

test('a thread that is left behind is noted', async () => {
  const [ran] = await results([
    'import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()',
  ])
  expect(ran?.data).toMatchObject({ status: 'ok', reproducible: false })
})

test('a session that died between calls is the sandbox’s fault', async () => {
  await using made = await bench(sandbox)
  const session = await sandbox.open({ files: {}, prelude: '', seed: 0 })
  await session[Symbol.asyncDispose]()
  const context = { ...made.context, session: async () => session }
  await expect(python().run({ code: '1' } as never, context)).rejects.toThrow(SandboxError)
})
