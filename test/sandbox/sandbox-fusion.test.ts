import { afterAll, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { CellResult } from '../../sandbox/sandbox.ts'
import { sandboxFusion } from '../../sandbox/sandbox-fusion.ts'
import { base64, jsonServer } from './remote-server.ts'

const jail = bubblewrap()
afterAll(() => jail[Symbol.asyncDispose]())

interface Request {
  cells: string[]
  files: Record<string, string>
  cell_timeout: number
}

/** A cell as the server writes it: streams as text, what is shown as MIME bundles, errors as Jupyter's. */
const cellOf = ({ stdout, stderr, result, images, error }: CellResult) => ({
  stdout,
  stderr,
  display: [
    ...images.map(({ bytes }) => ({ 'image/png': base64(bytes), 'text/plain': '<Figure>' })),
    ...(result === null ? [] : [{ 'text/plain': result }]),
  ],
  error: error
    ? [
        {
          ename: error.name,
          evalue: error.value,
          traceback: [`\u001b[0;31m${error.name}\u001b[0m`, error.value],
        },
      ]
    : [],
})

/** The documented wire of `/run_jupyter` over a real Python: all cells anew at each call. */
const fusionServer = () =>
  jsonServer(async (path, body) => {
    const { cells, files, cell_timeout } = body as unknown as Request
    if (path !== '/run_jupyter') return { status: 404, body: {} }
    const decoded = Object.entries(files).map(([name, data]) => [name, Buffer.from(data, 'base64')])
    await using session = await jail.open({ files: Object.fromEntries(decoded), prelude: '', seed: 0 })
    const done = []
    for (const cell of cells) {
      const result = await session.exec(cell, { timeoutMs: cell_timeout * 1000 })
      if (result.status === 'timeout')
        return { body: { status: 'Failed', message: '', driver: { status: 'TimeLimitExceeded' }, cells: [] } }
      done.push(cellOf(result))
    }
    return {
      body: { status: 'Success', message: '', driver: { status: 'Finished' }, cells: done, files: {} },
    }
  })

const options = { files: { 'a.txt': Buffer.from('in') }, prelude: 'word = open("a.txt").read()', seed: 5 }

test('a session is all its cells again, and gives the last', async () => {
  await using server = await fusionServer()
  await using session = await sandboxFusion({ url: `${server.url}/` }).open(options)
  expect(await session.exec('x = word + "!"; print(x)')).toMatchObject({
    status: 'ok',
    stdout: 'in!\n',
    result: null,
  })
  expect(await session.exec('x * 2')).toMatchObject({ result: "'in!in!'", stdout: '', alive: true })
  expect(server.asked.map(({ body }) => (body.cells as string[]).length)).toEqual([1, 2, 3])
  expect(server.asked[0]?.body).toMatchObject({
    kernel: 'python3',
    files: { 'a.txt': base64(Buffer.from('in')) },
  })
})

test('images, exceptions and random numbers come back as from any sandbox', async () => {
  await using server = await fusionServer()
  const sandbox = sandboxFusion({ url: server.url, limits: { images: 2 } })
  await using session = await sandbox.open(options)
  const shown = await session.exec(
    'from PIL import Image\nfor _ in range(3): display(Image.new("L", (9, 9)))',
  )
  expect(shown).toMatchObject({ status: 'ok', droppedImages: 1, images: [{ source: 'display' }, {}] })
  expect(
    Buffer.from(shown.images[0]?.bytes ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  expect(await session.exec('1 / 0')).toMatchObject({
    status: 'error',
    error: {
      name: 'ZeroDivisionError',
      value: 'division by zero',
      traceback: 'ZeroDivisionError\ndivision by zero',
    },
    alive: true,
  })
  const draw = async () => (await (await sandbox.open(options)).exec('import random; random.random()')).result
  expect(await draw()).toBe(await draw())
})

test('a cell that does not end is a timeout and ends the session', async () => {
  await using server = await fusionServer()
  await using session = await sandboxFusion({ url: server.url }).open(options)
  expect(await session.exec('while True: pass', { timeoutMs: 300 })).toMatchObject({
    status: 'timeout',
    alive: false,
  })
  expect((await session.exec('1')).status).toBe('dead')
})

test('what went wrong at the server is never an observation', async () => {
  const open = async (status: number, body: unknown) => {
    await using server = await jsonServer(async () => ({ status, body }))
    await sandboxFusion({ url: server.url }).open(options)
  }
  await expect(open(500, 'broken')).rejects.toThrow(/answered 500: broken/)
  await expect(open(200, 'no json')).rejects.toThrow(/answered something else: no json/)
  await expect(open(200, { status: 'SandboxError', message: 'no room' })).rejects.toThrow(/no room/)
  await expect(sandboxFusion({ url: 'http://127.0.0.1:9' }).open(options)).rejects.toThrow(
    /cannot be reached/,
  )
})

test('its libraries are told under its own kind', async () => {
  await using server = await fusionServer()
  const environment = await sandboxFusion({ url: server.url }).describe()
  expect(environment.kind).toBe('sandbox-fusion')
  expect(environment.libraries.numpy).toMatch(/^\d/)
})
