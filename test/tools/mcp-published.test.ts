import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { explain } from '../../cli/exit.ts'
import type { Observation } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { type McpOptions, mcp } from '../../tools/mcp.ts'
import { temporaryFolder } from '../fixtures.ts'
import { freePort } from '../servers/free-port.ts'
import { shown } from './context.ts'

// Servers as they are published on npm, which were made with the older official package.

const require = createRequire(import.meta.url)
const everything = require.resolve('@modelcontextprotocol/server-everything/dist/index.js')
const tools = ['echo', 'get-sum', 'get-tiny-image', 'get-structured-content', 'get-resource-reference']

/** Over HTTP with a session, as it is started by hand. */
async function overHttp() {
  const port = await freePort()
  const child = spawn(process.execPath, [everything, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const left = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', line => {
    if (line.startsWith('Received session termination request')) left.resolve(line)
  })
  await once(createInterface({ input: child.stderr }), 'line')
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    /** Settles when somebody has said farewell, with what the server says of it. */
    left: left.promise,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

const places: [string, () => Promise<McpOptions & Partial<AsyncDisposable>>][] = [
  ['stdio', async () => ({ command: process.execPath, args: [everything, 'stdio'] })],
  ['npx', async () => ({ command: 'npx', args: ['--no-install', 'mcp-server-everything'] })],
  [
    'http',
    async () => {
      const { left: _, ...at } = await overHttp()
      return at
    },
  ],
]

const wordsOf = (parts: Observation['parts']) =>
  parts.map(part => (part.type === 'text' ? part.text : part.image))

describe.each(places)('server-everything over %s', (_, place) => {
  test('lists, checks, adds, shows', async () => {
    await using stack = new AsyncDisposableStack()
    const { [Symbol.asyncDispose]: stop, ...at } = await place()
    stack.defer(async () => stop?.())
    const { context } = stack.use(await shown())
    const made = await mcp({ ...at, tools })
    stack.defer(async () => made[0]?.close?.())
    const [echo, sum, image, weather, file] = made
    const say = async (tool = echo, args: object = {}) =>
      wordsOf((await tool?.run(args as never, context))?.parts ?? [])
    expect(made.map(({ name }) => name)).toEqual(tools)
    expect(sum?.options).toMatchObject({
      tool: 'get-sum',
      server: { name: expect.stringContaining('everything') },
    })
    const check = validator(sum?.args ?? {})
    expect([check({ a: 1, b: 2 }).ok, check({ a: 1 }).ok, check({ a: 1, b: '2' }).ok]).toEqual([
      true,
      false,
      false,
    ])
    expect(await say(echo, { message: 'hello' })).toEqual(['Echo: hello'])
    expect(await say(sum, { a: 40, b: 2 })).toEqual(['The sum of 40 and 2 is 42.'])
    expect(await say(image)).toEqual([
      expect.stringMatching(/\n\nImages: image_1 \(20x20\)$/),
      expect.objectContaining({ mime: 'image/png', width: 20 }),
    ])
    expect(JSON.parse(String((await say(weather, { location: 'Chicago' }))[0]))).toHaveProperty('temperature')
    expect(await say(file)).toEqual([expect.stringContaining('demo://resource/dynamic/text/1:\nResource 1')])
    await expect(say(sum, { a: 'x' })).rejects.toThrow(/get-sum/)
  })
})

test('a session over HTTP is ended where it is no longer needed', async () => {
  await using server = await overHttp()
  await mcp({ url: server.url, tools: ['echo'] })
  expect(await server.left).toMatch(/ for session \S+/)
})

test('without an allow-list, what it has and cannot be called is named', async () => {
  const error = await mcp({ command: process.execPath, args: [everything, 'stdio'] }).catch(
    (thrown: unknown) => thrown,
  )
  expect(explain(error)).toEqual({
    exit: 2,
    text: expect.stringMatching(
      /its tool simulate-research-query works by tasks, which are not taken; choose others/,
    ),
  })
})

test('its environment holds nothing of ours', async () => {
  await using given = await shown()
  await using folder = await temporaryFolder()
  const [tool] = await mcp({
    command: process.execPath,
    args: [everything, 'stdio'],
    tools: ['get-env'],
    cwd: folder.path,
    env: { A: 'b' },
  })
  const { parts = [] } = (await tool?.run({} as never, given.context)) ?? {}
  await tool?.close?.()
  const names = Object.keys(JSON.parse(String(wordsOf(parts)[0])))
  expect(names).toContain('A')
  expect(
    names.filter(name => !['A', 'HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'].includes(name)),
  ).toEqual([])
})
