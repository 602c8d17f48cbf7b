import sharp from 'sharp'
import Type from 'typebox'
import { expect, test } from 'vitest'
import type { LessonOptions } from '../../../output/lesson.ts'
import { openaiSft } from '../../../output/openai/openai-sft.ts'
import { sha256 } from '../../../schemas/hash.ts'
import type { Image } from '../../../schemas/image.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { closed } from '../../../schemas/options.ts'
import type { Mistake, Turn } from '../../../schemas/trajectory.ts'
import { validator } from '../../../schemas/validate.ts'
import { answerTurn, image, kinds, observation, pythonTurn, reply } from '../../fixtures.ts'
import { about, album, kept } from '../rows.ts'

const { images, bytes } = await album([
  [8, 6],
  [5, 5],
])
const [picture, crop] = images as [Image, Image]

const text = closed({ type: Type.Literal('text'), text: Type.String() })
const picturePart = closed({
  type: Type.Literal('image_url'),
  image_url: closed({
    url: Type.String({ pattern: '^data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/]+=*$' }),
  }),
})
const called = closed({
  id: Type.String({ minLength: 1 }),
  type: Type.Literal('function'),
  function: closed({ name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }), arguments: Type.String() }),
})
const weight = Type.Enum([0, 1])

/** A line as the references of OpenAI's API and the guide to vision fine-tuning describe it. */
const Line = closed({
  messages: Type.Array(
    Type.Union([
      closed({ role: Type.Literal('system'), content: Type.String() }),
      closed({
        role: Type.Literal('user'),
        content: Type.Union([Type.String(), Type.Array(Type.Union([text, picturePart]))]),
      }),
      closed({
        role: Type.Literal('tool'),
        tool_call_id: Type.String(),
        content: Type.String({ minLength: 1 }),
      }),
      closed({ role: Type.Literal('assistant'), content: Type.String({ minLength: 1 }), weight }),
      closed({
        role: Type.Literal('assistant'),
        content: Type.Optional(Type.String({ minLength: 1 })),
        tool_calls: Type.Array(called, { minItems: 1 }),
        weight,
      }),
    ]),
    { minItems: 3 },
  ),
  tools: Type.Optional(
    Type.Array(
      closed({
        type: Type.Literal('function'),
        function: closed({ name: Type.String(), description: Type.String(), parameters: Type.Object({}) }),
      }),
    ),
  ),
  parallel_tool_calls: Type.Optional(Type.Boolean()),
})
const valid = validator(Line)

interface Message extends JsonObject {
  role: string
  content: Json
}

const project = (turns: readonly Turn[], options: LessonOptions = {}, pictures = [picture]) =>
  openaiSft(options).row(kept(about(pictures, 1, { turns: [...turns] })), { bytes, kinds })

async function messagesOf(turns: readonly Turn[], options: LessonOptions = {}): Promise<Message[]> {
  const projected = await project(turns, options)
  if (!projected.keep) throw new Error(`${projected.reason}: ${projected.detail}`)
  expect(valid(projected.row)).toMatchObject({ ok: true })
  const messages = projected.row.messages as Message[]
  expectAnswered(messages)
  return messages
}

/** Every call is answered by the messages right behind it. */
function expectAnswered(messages: readonly Message[]): void {
  for (const [index, { tool_calls }] of messages.entries()) {
    const ids = ((tool_calls ?? []) as { id: string }[]).map(({ id }) => id)
    const answers = messages.slice(index + 1, index + 1 + ids.length)
    expect(answers.map(({ tool_call_id }) => tool_call_id)).toEqual(ids)
  }
}

const showing = (image: Image, turn = pythonTurn({}, 'I cut it out.')): Turn => ({
  ...turn,
  observations: turn.observations.map(seen => ({
    ...seen,
    parts: [
      { type: 'text', text: 'image_2:' },
      { type: 'image', image },
    ],
  })),
})

test('a line is what the documentation describes, with a thought in each turn', async () => {
  const messages = await messagesOf([showing(crop), answerTurn('8')])
  expect(messages.map(({ role, weight }) => [role, weight])).toEqual([
    ['system', undefined],
    ['user', undefined],
    ['assistant', 1],
    ['tool', undefined],
    ['user', undefined],
    ['assistant', 1],
  ])
  expect(messages[2]).toMatchObject({ content: '<think>\nI cut it out.\n</think>\n\n' })
  expect(messages[3]).toMatchObject({ content: 'image_2:' })
  expect(messages[5]).toMatchObject({
    content: '<think>\nIt follows.\n</think>\n\n<answer>8</answer>',
  })
})

test('pictures stand in messages of the user alone, as the bytes that the tools worked on', async () => {
  const messages = await messagesOf([showing(crop), answerTurn('8')])
  const held = messages.map(({ role, content }) =>
    (Array.isArray(content) ? content : []).flatMap(part => {
      const { url } = ((part as JsonObject).image_url ?? {}) as { url?: string }
      return url ? [`${role} ${sha256(Buffer.from(url.replace(/^.*,/, ''), 'base64'))}`] : []
    }),
  )
  expect(held.flat()).toEqual([`user ${picture.sha256}`, `user ${crop.sha256}`])
})

const mistaken = (kind: Mistake['kind'], turn = pythonTurn({}, 'I try.')): Turn => ({
  ...turn,
  observations: turn.observations.map(seen => ({ ...seen, mistake: { kind, message: 'no' } })),
})
const reminder = { kind: 'answer' as const, text: 'Give the answer.' }
const reminded: Turn = { reply: reply({ text: 'It is eight.' }), observations: [], reminder }
const unexplained: Turn = {
  ...mistaken('no_rationale', pythonTurn({}, '')),
  reminder: { kind: 'rationale', text: 'Say why.' },
}
const rawCall = (name: string, raw: string): Turn => {
  const turn = mistaken('bad_arguments')
  const calls = turn.reply.calls.map(call => ({ ...call, name, arguments: raw }))
  return { ...turn, reply: { ...turn.reply, calls } }
}

test.each<[what: string, turns: Turn[], weights: number[], options?: LessonOptions]>([
  ['a call that was right', [pythonTurn(), answerTurn('8')], [1, 1]],
  ['code that failed', [mistaken('code_error'), pythonTurn(), answerTurn('8')], [0, 1, 1]],
  ['arguments that the tool refused', [mistaken('bad_arguments'), answerTurn('8')], [0, 1]],
  ['an answer that had to be asked for', [pythonTurn(), reminded, answerTurn('8')], [1, 0, 1]],
  ['a call without a rationale', [unexplained, pythonTurn(), answerTurn('8')], [0, 1, 1]],
  [
    'reminded turns that are left out',
    [pythonTurn(), reminded, answerTurn('8')],
    [1, 1],
    { reminded: 'leave_out' },
  ],
  ['a call without a word', [pythonTurn({}, ''), pythonTurn(), answerTurn('8')], [0, 1, 1]],
])('%s is weighed', async (_, turns, weights, options) => {
  const messages = await messagesOf(turns, options)
  expect(messages.filter(({ role }) => role === 'assistant').map(({ weight }) => weight)).toEqual(weights)
})

const parallel: Turn = {
  reply: reply({
    text: 'Both.',
    calls: ['a', 'b'].map(id => ({ id, name: 'python', arguments: '{"code":"1"}' })),
    stop: 'calls',
  }),
  observations: [observation({ callId: 'a' }), observation({ callId: 'b' })],
}

test.each<[what: string, turns: Turn[], several: boolean]>([
  ['one call a turn', [pythonTurn(), answerTurn('8')], false],
  ['two calls in a turn', [parallel, answerTurn('8')], true],
])('%s is what parallel_tool_calls says', async (_, turns, several) => {
  await messagesOf(turns)
  expect(await project(turns)).toMatchObject({ row: { parallel_tool_calls: several } })
})

test.each<[reason: string, turns: Turn[], options?: LessonOptions]>([
  ['bad_arguments', [rawCall('python', '{"code"'), answerTurn('8')]],
  ['unknown_tool', [rawCall('paint', '{}'), answerTurn('8')]],
  ['unknown_tool', [{ ...rawCall('paint', '{}'), reminder }, answerTurn('8')]],
  ['call_without_observation', [{ ...pythonTurn(), observations: [], reminder }, answerTurn('8')]],
  ['reminded', [pythonTurn(), reminded, answerTurn('8')], { reminded: 'decline' }],
  ['no_thought', [pythonTurn({}, ''), answerTurn('8')], { silent: 'decline' }],
  ['nothing_taught', [{ reply: reply({ text: '<answer>8</answer>' }), observations: [] }]],
  ['too_many_pictures', [...Array.from({ length: 64 }, () => showing(crop)), answerTurn('8')]],
])('a row is declined as %s', async (reason, turns, options) => {
  expect(await project(turns, options)).toMatchObject({ keep: false, reason })
})

/** What a row with a picture of these bytes holds of it. */
async function written(given: Uint8Array, mime: Image['mime']) {
  const one = image('given', { mime })
  const row = kept(about([one], 1, { turns: [answerTurn('8')] }))
  const projected = await openaiSft().row(row, { bytes: async () => given, kinds })
  if (!projected.keep) return projected
  const { url } = JSON.parse(JSON.stringify(projected.row)).messages[1].content[0].image_url
  const [, form, base64] = /^data:(.*);base64,(.*)$/.exec(url) ?? []
  return { form, bytes: Buffer.from(base64 ?? '', 'base64') }
}

const colours = sharp({ create: { width: 4, height: 3, channels: 3, background: '#40a0c0' } })

test.each([
  ['in grey', 'image/png', () => colours.clone().greyscale().png()],
  ['in grey, as JPEG', 'image/jpeg', () => colours.clone().toColourspace('b-w').jpeg()],
  ['with a palette', 'image/png', () => colours.clone().png({ palette: true })],
  ['as GIF', 'image/gif', () => colours.clone().gif()],
] as const)('a picture %s is drawn anew in colours, with the same pixels', async (_, mime, made) => {
  const given = await made().toBuffer()
  const found = await written(given, mime)
  if (!('bytes' in found)) throw new Error(found.reason)
  const { channels, isPalette } = await sharp(found.bytes).metadata()
  expect({ form: found.form, isPalette, inColour: (channels ?? 0) >= 3 }).toEqual({
    form: 'image/png',
    isPalette: false,
    inColour: true,
  })
  const pixels = (one: Uint8Array) => sharp(one).toColourspace('srgb').removeAlpha().raw().toBuffer()
  expect(await pixels(found.bytes)).toEqual(await pixels(given))
})

test('a picture of more than 10 MB is declined', async () => {
  const given = Buffer.concat([await colours.clone().png().toBuffer(), Buffer.alloc(10_000_001)])
  expect(await written(given, 'image/png')).toMatchObject({ keep: false, reason: 'large_picture' })
})
