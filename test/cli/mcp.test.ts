import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { completion } from '../teachers/wire-server.ts'
import { lifeline } from '../tools/mcp-places.ts'
import { type Answering, place } from './command.ts'

const config = 'mcp.config.ts'
const key = 'f3a9-very-secret'

/** Calls the tools one after another, then answers. */
const calling =
  (...made: [name: string, args: object][]): Answering =>
  ({ body }) => {
    const next = made[body.messages.filter(({ role }) => role === 'tool').length]
    if (!next) return { body: completion({ content: 'It follows.\n<answer>8</answer>' }) }
    const [name, args] = next
    const call = { id: 'a', type: 'function', function: { name, arguments: JSON.stringify(args) } }
    return { body: completion({ content: 'I have to look.', tool_calls: [call] }) }
  }

async function start(answering: Answering, ...shell: string[]) {
  const stack = new AsyncDisposableStack()
  const life = stack.use(await lifeline())
  const here = stack.use(await place(answering))
  await here.tasks([{}])
  const given = [`export LIFELINE=${life.port} SOME_KEY=${key}`, ...shell].join('; ')
  return { life, here, given, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('a run uses an MCP server’s images by name, proves itself again, and leaves no server behind', async () => {
  await using run = await start(
    calling(
      ['picture', { colour: '#112233' }],
      ['image_zoom_in_tool', { image: 'image_2', bbox_2d: [0, 0, 20, 20] }],
      ['secret', {}],
      ['python', { code: 'print(image_1.width)' }],
    ),
  )
  const { here, life, given } = run
  const made = await here.kindling(['run', config, '--json'], given)
  expect(made, made.err).toMatchObject({ code: 0 })
  expect(JSON.parse(made.out).funnel).toMatchObject({ rollouts: 1, kept: 1 })
  expect(await life.ended()).toBe(2)
  const folder = join(here.folder, 'runs', 'mcp')
  await using store = await openSqliteStore(folder)
  const [row] = await Array.fromAsync(store.scan<Trajectory>('trajectories'))
  const seen =
    row?.value.turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => parts)) ?? []
  expect(seen.map(part => (part.type === 'text' ? part.text : part.image.width))).toEqual([
    'Here it is.\n\nImages: image_2 (40x30)',
    40,
    '[0, 0, 20, 20] of image_2, magnified 3 times\n\nImages: image_3 (60x60)',
    60,
    'My key is ***, home set.',
    expect.stringContaining('8'),
  ])
  const manifest = await readFile(join(folder, 'export', 'manifest.json'), 'utf8')
  expect(JSON.parse(manifest).config.tools[2].options).toMatchObject({
    server: { name: 'test-server', version: '1.2.3' },
    tool: 'picture',
    env: ['LIFELINE', 'SOME_KEY'],
  })
  expect(manifest + JSON.stringify(row) + made.err).not.toContain(key)
  const again = await here.kindling(['replay', config], given)
  expect(again, again.err).toMatchObject({ code: 0 })
})

test('an interrupted run leaves no server behind', async () => {
  await using run = await start(calling(['silent', { name: 'a' }]))
  const { child, ended } = run.here.start(['run', config], run.given)
  await run.life.silent
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 130 })
  expect(await run.life.ended()).toBe(2)
})

test('a killed run leaves no server behind', async () => {
  await using run = await start(calling(['silent', { name: 'a' }]))
  const { child, ended } = run.here.start(['run', config], run.given)
  await run.life.silent
  child.kill('SIGKILL')
  await ended
  expect(await run.life.ended()).toBe(2)
})

test('a config that is refused leaves no server behind', async () => {
  await using run = await start(calling(), 'export RUN=no/name')
  const { code, err } = await run.here.kindling(['run', config], run.given)
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(/^name is "no\/name"; give a folder name/),
  })
  expect(await run.life.ended()).toBe(1)
})

test('a server that does not answer is said in one line, and left behind neither', async () => {
  await using run = await start(calling(), 'export SERVER_MODE=deaf')
  const { code, err } = await run.here.kindling(['run', config], run.given)
  expect({ code, err }).toEqual({
    code: 69,
    err: expect.stringMatching(/^mcp [^\n]*: it cannot be used \([^\n]*\)\n$/),
  })
  await run.life.ended()
  expect(run.here.asked).toEqual([])
})
