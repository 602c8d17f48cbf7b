import { afterAll, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { jupyterServer } from '../../sandbox/jupyter-server.ts'
import { restarting } from '../../sandbox/restarting-session.ts'
import type { Session } from '../../sandbox/sandbox.ts'
import { base64, jsonServer } from './remote-server.ts'

const jail = bubblewrap()
afterAll(() => jail[Symbol.asyncDispose]())

interface Request {
  session_id: string
  code: string
  timeout: number
}

/** The names that code finds without importing them. */
const presets = 'import os, sys, shutil, subprocess, builtins\nimport matplotlib.pyplot as plt'

/**
 * The wire of `/jupyter_sandbox` as its original answers, over a real Python: one namespace per id, always `success`,
 * values printed too, `None` for none. A Python that ended is replaced at the next call; `ended` is what is said then.
 */
function deepEyesServer({
  image = base64,
  ended = '',
}: {
  image?: (bytes: Uint8Array) => string
  ended?: string
} = {}) {
  const sessions = new Map<string, Session>()
  const forget = async (id: string) => {
    await sessions.get(id)?.[Symbol.asyncDispose]()
    sessions.delete(id)
  }
  return jsonServer(async (path, body) => {
    const { session_id, code, timeout } = body as unknown as Request
    if (path === '/clear_session')
      return { body: await forget(session_id).then(() => ({ status: 'success' })) }
    if (path !== '/jupyter_sandbox') return { status: 404, body: {} }
    if (!code.trim()) return { body: { output: 'Error: No code provided', status: 'error' } }
    const session = sessions.get(session_id) ?? (await jail.open({ files: {}, prelude: presets, seed: 0 }))
    sessions.set(session_id, session)
    const cell = await session.exec(code, { timeoutMs: timeout * 1000 })
    const raised =
      cell.status === 'timeout' ? 'TimeOutError: code execution timed out' : (cell.error?.traceback ?? '')
    if (!cell.alive) await forget(session_id)
    const images = cell.images.map(({ bytes }) => image(bytes))
    const output = {
      result: cell.result ?? 'None',
      stdout: cell.stdout + (cell.result === null ? '' : `Out[0]: ${cell.result}\n`),
      stderr: cell.stderr + (cell.alive ? raised : ended || raised),
      images,
      debug_info: {},
    }
    return { body: { status: 'success', execution_time: cell.wallMs / 1000, output } }
  })
}

const onePixel = await (async () => {
  await using session = await jail.open({ files: {}, prelude: '', seed: 0 })
  const { images } = await session.exec('from PIL import Image\nImage.new("RGB", (7, 5))')
  return images[0]?.bytes ?? new Uint8Array()
})()
const options = {
  files: { 'image_1.png': onePixel },
  prelude: "from PIL.Image import open as _open\nimage_1 = _open('image_1.png'); image_1.load()\ndel _open",
  seed: 5,
}

test('the first cell makes image_1, and state lasts', async () => {
  await using server = await deepEyesServer()
  await using session = await jupyterServer({ url: server.url }).open(options)
  expect((await session.exec('x = image_1.size')).status).toBe('ok')
  expect(await session.exec('print(x)\nx[0]')).toMatchObject({ stdout: '(7, 5)\n', result: '7', alive: true })
  expect((await session.exec('')).status).toBe('ok')
})

test('each trajectory has a random id of its own and is cleared', async () => {
  await using server = await deepEyesServer()
  const sandbox = jupyterServer({ url: server.url })
  const [one, two] = [await sandbox.open(options), await sandbox.open(options)]
  await one.exec('mine = 1')
  expect((await two.exec('mine')).error?.name).toBe('NameError')
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
  const opened = new Set(server.asked.map(({ body }) => String(body.session_id)))
  const cleared = server.asked
    .filter(({ path }) => path === '/clear_session')
    .map(({ body }) => body.session_id)
  expect(opened.size).toBe(2)
  expect(new Set(cleared)).toEqual(opened)
  for (const id of opened) expect(id).toMatch(/^[0-9a-f-]{36}$/)
})

test('success is judged by stderr, whatever the status says', async () => {
  await using server = await deepEyesServer()
  await using session = await jupyterServer({ url: server.url }).open(options)
  expect(await session.exec('1 / 0')).toMatchObject({
    status: 'error',
    error: { name: 'ZeroDivisionError', value: 'division by zero' },
  })
  expect((await session.exec('import warnings; warnings.warn("only this")')).status).toBe('ok')
  expect((await session.exec('import sys; print("Error: none", file=sys.stderr); 3')).result).toBe('3')
  expect((await session.exec('while True: pass', { timeoutMs: 300 })).status).toBe('timeout')
})

test.each([
  ['SyntaxError - invalid syntax (line 1)', 'SyntaxError', 'invalid syntax (line 1)'],
  ['\u001b[0;31mValueError\u001b[0m: bad', 'ValueError', 'bad'],
  ['Traceback (most recent call last):\n  File "x"\nmodule.Strange: odd\n', 'module.Strange', 'odd'],
])('stderr %j is an error', async (stderr, name, value) => {
  const output = { result: '', stdout: '', stderr: '', images: [] }
  let calls = 0
  await using server = await jsonServer(async () => {
    calls += 1
    return { body: { status: 'success', output: calls > 1 ? { ...output, stderr } : output } }
  })
  await using session = await jupyterServer({ url: server.url }).open(options)
  expect(await session.exec('x')).toMatchObject({ status: 'error', error: { name, value } })
})

test.each([
  ['plain base64', base64],
  ['data URLs', (bytes: Uint8Array) => `data:image/png;base64,${base64(bytes)}`],
])('images come as %s', async (_, encode) => {
  await using server = await deepEyesServer({ image: encode })
  await using session = await jupyterServer({ url: server.url }).open(options)
  const { images } = await session.exec('import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()')
  expect(images).toHaveLength(1)
  expect(
    Buffer.from(images[0]?.bytes ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
})

const told: [string, string, object][] = [
  ['print(5)', 'of a print', { stdout: '5\n', result: null }],
  ['print(5); 6 * 7', 'of a value after a print', { stdout: '5\n', result: '42' }],
  ['"a\\nb"', 'of a text', { stdout: '', result: "'a\\nb'" }],
  [
    'import numpy; numpy.eye(2)',
    'of several lines',
    { stdout: '', result: 'array([[1., 0.],\n       [0., 1.]])' },
  ],
  ['print("Out[0]: 4"); 5', 'like a printed one', { stdout: 'Out[0]: 4\n', result: '5' }],
  ['print("Out[0]: 4")', 'that is none', { stdout: 'Out[0]: 4\n', result: null }],
  ['"None"', 'of the word None', { stdout: '', result: "'None'" }],
  ['None', 'of None', { stdout: '', result: null }],
]

test.each(told)('the answer to %j is that %s', async (code, _, expected) => {
  await using server = await deepEyesServer()
  await using session = await jupyterServer({ url: server.url }).open(options)
  expect(await session.exec(code)).toMatchObject({ status: 'ok', stderr: '', alive: true, ...expected })
})

test('an error is told once, and what was written before it stays', async () => {
  await using server = await deepEyesServer()
  await using session = await jupyterServer({ url: server.url }).open(options)
  const cell = await session.exec('import sys; print("careful", file=sys.stderr); 1 / 0')
  expect(cell.stderr).toBe('careful\n')
  expect(cell.error?.traceback).toMatch(/^Traceback .*ZeroDivisionError: division by zero\n?$/s)
})

test('the names that the server presets are there without an import', async () => {
  await using server = await deepEyesServer()
  await using session = await jupyterServer({ url: server.url }).open(options)
  const names = '[name for name in "plt os sys shutil subprocess builtins".split() if name not in globals()]'
  expect((await session.exec(names)).result).toBe('[]')
})

test.each([
  ['nothing', ''],
  ['an error of its own', 'SessionLost: crash'],
  ['an error of Jupyter', 'DeadKernelError: Kernel died'],
])(
  'a Python that ended, of which the server says %s, is a lost session; the next one has its image',
  async (_, ended) => {
    await using server = await deepEyesServer({ ended })
    await using session = restarting(jupyterServer({ url: server.url }), async () => options)
    expect((await session.exec('w = 1')).alive).toBe(true)
    expect((await session.exec('q')).alive).toBe(true)
    expect(await session.exec('import os; os._exit(1)')).toMatchObject({ status: 'crash', alive: false })
    expect(await session.exec('(image_1.size, "w" in globals())')).toMatchObject({
      result: '((7, 5), False)',
      alive: true,
    })
  },
)

test('an answer without output is a fault of the machinery', async () => {
  await using server = await jsonServer(async () => ({ body: { output: 'Error: no room', status: 'error' } }))
  await expect(jupyterServer({ url: server.url }).open(options)).rejects.toThrow(/no room/)
})
