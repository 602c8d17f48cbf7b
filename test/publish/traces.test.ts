import { join } from 'node:path'
import Type from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { writeExports } from '../../output/write.ts'
import { openBundle } from '../../publish/bundle.ts'
import { isTrace, tracesOf } from '../../publish/traces.ts'
import { validator } from '../../schemas/validate.ts'
import { answerTurn, kinds, pythonTurn, temporaryFolder } from '../fixtures.ts'
import { about, album, kept, run, stream } from '../output/rows.ts'

/** Lines as the Hub's page on its Session Trace Simple Format has them; nothing else may stand in a message. */
const closed = { additionalProperties: false }
const Header = Type.Object({
  type: Type.Literal('session'),
  harness: Type.String({ minLength: 1 }),
  id: Type.String({ minLength: 1 }),
  name: Type.Optional(Type.String()),
})
const Called = Type.Object({ name: Type.String(), arguments: Type.String() }, closed)
const Said = Type.Object(
  {
    role: Type.Enum(['user', 'assistant', 'system', 'tool']),
    content: Type.String(),
    reasoningContent: Type.Optional(Type.String()),
    toolCalls: Type.Optional(Type.Array(Type.Object({ id: Type.String(), function: Called }, closed))),
    toolCallId: Type.Optional(Type.String()),
    timestamp: Type.Optional(Type.Number()),
    model: Type.Optional(Type.String()),
  },
  closed,
)
const [isHeader, isLine] = [
  validator(Header),
  validator(Type.Object({ type: Type.Literal('message'), message: Said }, closed)),
]

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
])
const [picture, crop] = images as [(typeof images)[number], (typeof images)[number]]
const folder = await temporaryFolder()
const path = join(folder.path, 'export')
afterAll(() => folder[Symbol.asyncDispose]())
beforeAll(async () => {
  const turns = [pythonTurn({ images: [crop] }), answerTurn('8')]
  const parts = [
    { type: 'text' as const, text: 'stdout:' },
    { type: 'image' as const, image: crop },
  ]
  const seen = turns.map(turn => ({
    ...turn,
    observations: turn.observations.map(one => ({ ...one, parts })),
  }))
  const rows = [1, 2, 3, 4, 5].map(number => kept(about([picture], number, { turns: seen })))
  await writeExports({ folder: path, rows: stream(rows), exports: [hf()], about: run, kinds, bytes })
})

const linesOf = async (blob: Blob) =>
  (await blob.text())
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

test('a trace is a session as the Hub’s viewer reads it, with every call beside its result', async () => {
  for (const { path: name, blob, bytes: size } of await tracesOf(await openBundle(path), 5)) {
    const [header, ...lines] = await linesOf(blob)
    expect(isHeader(header)).toMatchObject({ ok: true })
    for (const line of lines) expect(isLine(line)).toMatchObject({ ok: true })
    expect(isTrace(name)).toBe(true)
    expect(blob.size).toBe(size)
    const messages = lines.map(({ message }) => message)
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant'])
    const [call] = messages[2].toolCalls
    expect(messages[3].toolCallId).toBe(call.id)
    expect(JSON.parse(call.function.arguments)).toEqual({ code: 'print(image_1.size)' })
    expect(messages[1].content).toMatch(/^\[picture 1\]\n/)
    expect(messages[3].content).toContain('[picture 2]')
  }
})

test.each([
  [1, 1],
  [2, 2],
  [5, 5],
  [9, 5],
])('of five rows, %i asked for are %i traces, each of a row of its own', async (count, made) => {
  const traces = await tracesOf(await openBundle(path), count)
  expect(new Set(traces.map(({ path }) => path)).size).toBe(made)
})

test('an export without the view has nothing to make traces of, and says so', async () => {
  const other = join(folder.path, 'other')
  const rows = stream([kept(about([picture], 1))])
  await writeExports({ folder: other, rows, exports: [llamaFactory()], about: run, kinds, bytes })
  await expect(tracesOf(await openBundle(other), 3)).rejects.toThrow(/no rows in `hf` .+ leave --traces out/)
})
