import fc from 'fast-check'
import Type from 'typebox'
import { afterAll, describe, expect, test } from 'vitest'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { fullInstructions, instructions } from '../../prompts/deepeyes.ts'
import type { ToolKind, ToolKinds, Turn } from '../../schemas/trajectory.ts'
import { anthropic } from '../../teachers/anthropic.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import { tagged, toText } from '../../teachers/tagged.ts'
import { stopStrings, withStop } from '../../teachers/tagged-text.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { calculator } from '../../tools/calculator.ts'
import { crop } from '../../tools/crop.ts'
import { python } from '../../tools/python.ts'
import { textSearch } from '../../tools/text-search.ts'
import { defineTool } from '../../tools/tool.ts'
import { question, teacherConformance } from '../conformance/teacher.ts'
import { image, kinds, observation, png, pythonTurn, reply } from '../fixtures.ts'
import { kept } from '../output/rows.ts'
import { withRun } from '../pipeline/scripted.ts'
import { smallJail } from '../small-jail.ts'
import { type Arrived, completion, wireServer } from './wire-server.ts'

const { signal } = new AbortController()
const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** As a server leaves it: the stop string is not in the text. */
const cut = (text: string) => stopStrings.reduce((left, stop) => left.split(stop)[0] ?? '', text)
const says = (text: string, more?: Record<string, unknown>) => ({
  body: completion({ content: cut(text) }, 'stop', more),
})
const code = (text: string) => `<think>I look.</think>\n<code>\n\`\`\`python\n${text}\n\`\`\`\n</code>`
const answer = '<think>It is seen.</think>\n<answer>8</answer>'

const served = async (turns: readonly string[]) => {
  const server = await wireServer(({ body }) => says(turns[(body.messages.length - 2) / 2] ?? 'lost'))
  return { server, teacher: tagged(openai({ model: 'm', baseURL: server.url, apiKey: 'none' })) }
}

describe('a text model behind a server', () => {
  teacherConformance(async () => {
    const { server, teacher } = await served([code('print(image_1.width)'), answer])
    return { ...teacher, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
  })
})

test('it is sent no tools but stop strings, and the student’s question', async () => {
  const { server, teacher } = await served([answer])
  await using _ = server
  await teacher.ask(question({ kinds }), signal)
  const body = server.arrived[0]?.body
  expect(body).not.toHaveProperty('tools')
  expect(body?.stop).toEqual(['</code>', '</tool_call>'])
  expect(body?.messages[1]).toMatchObject({
    role: 'user',
    content: [
      { type: 'image_url' },
      { type: 'text', text: expect.stringMatching(/^\nHow wide is the image, in pixels\?\n\nYou must put/) },
    ],
  })
})

const toldBy: [string, (options: { model: string; baseURL: string; apiKey: string }) => Teacher, object][] = [
  ['Chat Completions', openai, { stop: ['</code>', '</tool_call>'] }],
  ['Messages', anthropic, { stop_sequences: ['</code>', '</tool_call>'] }],
  ['Responses', openaiResponses, {}],
]

test.each(toldBy)(
  'on the %s wire what comes back is said as a user, images in their places',
  async (_, wire, stops) => {
    const turn = pythonTurn({ images: [image()] })
    const bodies: Record<string, unknown>[] = []
    await using server = await wireServer(({ body }) => {
      bodies.push(body)
      return { status: 400, body: { error: { message: 'seen' } } }
    })
    const teacher = tagged(wire({ model: 'm', baseURL: server.url, apiKey: 'none' }))
    await expect(teacher.ask(question({ turns: [turn] }), signal)).rejects.toThrow('seen')
    expect(bodies[0]).toMatchObject(stops)
    const said = (bodies[0]?.messages ?? bodies[0]?.input) as { role: string; content: { type: string }[] }[]
    expect(said.slice(-3).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(JSON.stringify(said.at(-2))).toContain('I measure the image first.')
    expect(said.at(-1)?.content.map(({ type }) => type)).toEqual([
      expect.stringContaining('text'),
      expect.stringContaining('image'),
    ])
    expect(JSON.stringify(bodies[0])).not.toMatch(/"tool|function_call/)
  },
)

const saying = (text: string): Teacher => ({
  name: 'text',
  options: {},
  samples: 1,
  ask: async () => reply({ text }),
})
const replyTo = (text: string) => tagged(saying(text)).ask(question({ kinds }), signal)

test('a reply has the thought as its text, the call by our name, and the exact words', async () => {
  const search =
    '<think>Which one?</think>\n<tool_call>{"name": "search", "arguments": {"query": "flag"}}</tool_call>'
  expect(await replyTo(cut(search))).toMatchObject({
    text: 'Which one?',
    calls: [
      { id: expect.stringMatching(/^call_\w{12}$/), name: 'text_search', arguments: '{"query":"flag"}' },
    ],
    stop: 'calls',
    raw: search,
  })
})

const block = (body: string) => `<think>I try.</think>\n${body}`

test.each<[string, string, string, string]>([
  ['code', block('<code>\n```python\n1\n```\n</code>'), 'notebook', 'code'],
  ['a block that is none', block('<code>print(1)</code>'), 'notebook', 'code'],
  [
    'a search for texts',
    block('<tool_call>{"name": "search", "arguments": {"query": "a"}}</tool_call>'),
    'wiki',
    'text_search',
  ],
  ['a search for pictures', block('<tool_call>{"name": "image_search"}</tool_call>'), 'lens', 'image_search'],
  [
    'another one',
    block('<tool_call>{"name": "notebook", "arguments": {}}</tool_call>'),
    'tool_call notebook',
    'tool_call notebook',
  ],
])('%s goes to the tool that is for it, whatever its name', async (_, text, name, without) => {
  const own: ToolKinds = new Map([
    ['notebook', 'code'],
    ['wiki', 'text_search'],
    ['lens', 'image_search'],
  ])
  expect((await tagged(saying(text)).ask(question({ kinds: own }), signal)).calls).toMatchObject([{ name }])
  expect((await tagged(saying(text)).ask(question(), signal)).calls).toMatchObject([{ name: without }])
})

test('only the answer tag of the block can be taken for the answer', async () => {
  const { text, stop } = await replyTo('<think>Not <answer>9</answer>, <answer></think><answer>8</answer>')
  expect(stop).toBe('end')
  expect([...text.matchAll(/<answer>([\s\S]*?)<\/answer>/g)].map(([, found]) => found)).toEqual(['8'])
})

test('what was cut by the length is no call', async () => {
  const model: Teacher = { ...saying(''), ask: async () => reply({ text: code('1'), stop: 'length' }) }
  expect(await tagged(model).ask(question({ kinds }), signal)).toMatchObject({ calls: [], stop: 'length' })
})

const fragments = [
  '<think>',
  '</think>',
  '<code>',
  '</code>',
  '```python\n',
  '\n```\n',
  '<tool_call>',
  '<answer>',
  '</answer>',
  '{"name": "search"}',
  '<image>',
  'é\ud800',
  ' ',
]
const anything = fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string())).map(pieces => pieces.join(''))

test('whatever a model wrote goes back to it as it wrote it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 3 }), async texts => {
      const turns: Turn[] = []
      for (const text of texts) {
        const said = await tagged(saying(text)).ask(question({ turns, kinds }), signal)
        turns.push({ reply: said, observations: said.calls.map(({ id }) => observation({ callId: id })) })
      }
      const stored = JSON.parse(JSON.stringify(turns)) as Turn[]
      const sent = toText(question({ turns: stored }), 8_000).turns.map(turn => turn.reply.text)
      expect(sent).toEqual(JSON.parse(JSON.stringify(texts.map(withStop))))
    }),
  )
})

const corpus = {
  name: 'facts',
  options: {},
  search: async () => [
    { id: 'p1', title: 'Pictures', snippet: 'Eight </tool_response> wide.', licence: null, score: 1 },
  ],
}

/** A whole run of one task with the real sandbox, whose teacher says these turns. */
async function runOf(
  turns: string[],
  work: (arrived: Arrived[], row: Awaited<ReturnType<typeof rowOf>>, told: string[]) => void,
) {
  const { server, teacher } = await served(turns)
  await using _ = server
  const tools = [python(), textSearch({ corpus })]
  await withRun({ sandbox, teachers: [teacher], tools }, async run => {
    await run.run()
    const [trajectory] = await run.trajectories()
    if (!trajectory) throw new Error('there is no trajectory')
    work(
      server.arrived,
      await rowOf(trajectory),
      (server.arrived.at(-1)?.body.messages ?? []).slice(2).map(textIn),
    )
  })
}

const rowOf = async (trajectory: Parameters<typeof kept>[0]) => ({
  trajectory,
  projected: await deepEyesSft().row(kept(trajectory), { bytes: () => png(), kinds }),
})

/** The text of a message, with a placeholder for each image, as a training row has it. */
const textIn = ({ content }: Arrived['body']['messages'][number]): string =>
  Array.isArray(content)
    ? content.map(part => (part.type === 'text' ? part.text : '<image>')).join('')
    : (content ?? '')

test('a whole run: code, pictures, an exception, a search, an answer; the student’s row has exactly these texts', async () => {
  const turns = [
    code('display(image_1)\nx = image_1.width\nx'),
    code('print(x)\n1 / 0'),
    '<think>Who knows?</think>\n<tool_call>{"name": "search", "arguments": {"query": "width"}}</tool_call>',
    answer,
  ]
  await runOf(turns, (arrived, { trajectory, projected }) => {
    expect(trajectory.outcome).toEqual({ kind: 'answered', answer: '8' })
    expect(trajectory.turns.map(({ reply }) => reply.raw)).toEqual(turns)
    if (!projected.keep) throw new Error(projected.reason)
    const messages = projected.row.messages as { role: string; content: string }[]
    const sent = [...(arrived.at(-1)?.body.messages ?? []), { role: 'assistant' as const, content: answer }]
    expect(messages).toEqual(sent.map(message => ({ role: message.role, content: textIn(message) })))
    expect(messages[3]?.content).toMatch(
      /^Code execution result:\nstdout:\n```\n8\n```[\s\S]*Images:\n<image>$/,
    )
    expect(messages[5]?.content).toContain('ZeroDivisionError')
    expect(messages[7]?.content).toContain('Eight < /tool_response> wide.')
    expect(trajectory.system).toBe(messages[0]?.content)
  })
})

test('every mistake of the contract comes back to the teacher and costs a turn, no more', async () => {
  const wrong = (body: string) => `<think>I try.</think>\n${body}`
  const turns = [
    wrong('<code>print(1)</code>'),
    wrong('<tool_call>{"name": "search", "arguments": {</tool_call>'),
    wrong('<tool_call>{"name": "python", "arguments": {"code": "1"}}</tool_call>'),
    wrong('<tool_call>{"name": "search", "arguments": {}}</tool_call>'),
    '<think>I do not end. <code>',
    answer,
  ]
  await runOf(turns, (_, { trajectory, projected }, told) => {
    expect(trajectory.outcome).toEqual({ kind: 'answered', answer: '8' })
    expect(trajectory.turns.map(({ observations }) => observations[0]?.mistake?.kind)).toEqual([
      'bad_arguments',
      'bad_arguments',
      'unknown_tool',
      'bad_arguments',
      'bad_arguments',
      undefined,
    ])
    const answers = told.filter((_, index) => index % 2 === 1)
    expect(answers).toEqual([
      expect.stringContaining('must be one block that begins with ```python'),
      expect.stringContaining('not valid JSON'),
      expect.stringContaining('no tool named python'),
      expect.stringContaining('query'),
      expect.stringContaining('Your thought does not end'),
    ])
    expect(projected).toMatchObject({ keep: false })
  })
})

test('two blocks of a server that does not stop are a mistake, and neither is run', async () => {
  const both = `${code('1')}\n${answer.replace('8', '9')}`
  await using server = await wireServer((_, number) => ({
    body: completion({ content: number === 1 ? both : answer }),
  }))
  const teacher = tagged(openai({ model: 'm', baseURL: server.url, apiKey: 'none' }))
  await withRun({ sandbox, teachers: [teacher] }, async run => {
    await run.run()
    const [trajectory] = await run.trajectories()
    expect(trajectory?.outcome).toEqual({ kind: 'answered', answer: '8' })
    expect(trajectory?.turns[0]?.observations[0]).toMatchObject({
      data: null,
      mistake: { kind: 'bad_arguments' },
    })
    expect(textIn(server.arrived[1]?.body.messages[3] as never)).toContain('2 blocks')
  })
})

const calls = (name: string, args: object) =>
  `<think>I call it.</think>\n<tool_call>${JSON.stringify({ name, arguments: args })}</tool_call>`

test('it is told of every tool of the run, can call each, and sees what comes back', async () => {
  const looks = calls('image_zoom_in_tool', { bbox_2d: [0, 0, 4, 4] })
  const { server, teacher } = await served([calls('calculator', { expression: '4+4' }), looks, answer])
  await using _ = server
  const tools = [python(), calculator(), crop()]
  await withRun({ sandbox, teachers: [teacher], tools }, async run => {
    await run.run()
    const [trajectory] = await run.trajectories()
    expect(trajectory?.outcome).toEqual({ kind: 'answered', answer: '8' })
    const made = trajectory?.turns.flatMap(({ reply, observations }) =>
      reply.calls.map(({ name }, index) => [name, observations[index]?.mistake]),
    )
    expect(made).toEqual([
      ['calculator', null],
      ['image_zoom_in_tool', null],
    ])
  })
  const [first, second, third] = server.arrived.map(({ body }) => JSON.stringify(body.messages))
  for (const { name, description } of [calculator(), crop()])
    expect(first).toContain(JSON.stringify(JSON.stringify({ name, description })).slice(3, -4))
  expect(second).toContain('<tool_response>')
  expect(third?.match(/"image_url":/g)).toHaveLength(2)
})

test('without tools that the student does not know, its instructions are those of the student’s own rows', () => {
  const own = [...kinds.keys()].map(name => ({ name, description: '', parameters: {} }))
  expect(fullInstructions(own, kinds, 1)).toBe(instructions(own, kinds, 1))
  const searching = { name: 'search', description: 'Of a server.', parameters: {} }
  const others: ToolKinds = new Map([['search', 'other']])
  expect(fullInstructions([searching], others, 1)).toContain('Of a server.')
})

const own = (
  name: string,
  kind: ToolKind = 'other',
  run = async () => ({ parts: [], data: null, mistake: null }),
) => ({
  ...defineTool({ name, description: 'Mine.', args: Type.Object({}), options: {}, stateful: false, run }),
  kind,
})
const uncallable: [tools: [name: string, kind?: ToolKind][], refused: string | undefined][] = [
  [[['search'], ['web', 'text_search']], '`search` cannot be called, since `web`'],
  [[['image_search'], ['lens', 'image_search']], '`image_search` cannot be called, since `lens`'],
  [
    [
      ['web', 'text_search'],
      ['wiki', 'text_search'],
    ],
    '`wiki` cannot be called, since `web`',
  ],
  [[['search']], undefined],
  [[['image_search'], ['search', 'text_search']], undefined],
  [['think', 'answer', 'code', 'tool_call', 'tools', 'text_search'].map(name => [name]), undefined],
]

test.each(uncallable)(
  'a tool that no tag can call is refused before anything is asked: %j',
  async (named, refused) => {
    const { server, teacher } = await served([answer])
    await using _ = server
    const tools = [python(), ...named.map(([name, kind]) => own(name, kind))]
    await withRun({ sandbox, teachers: [teacher], tools }, async run => {
      const ended = await run.run().catch((error: Error) => error)
      if (refused === undefined) return expect(server.arrived).toHaveLength(1)
      expect(ended).toBeInstanceOf(ConfigError)
      expect(ended).toMatchObject({ message: expect.stringContaining(refused) })
      expect(server.arrived).toEqual([])
      // What is stored can still be worked on.
      await run.open({}, { asks: 'nobody' })
    })
  },
)

test.each([
  ['code', code('1 + 1')],
  ['text_search', calls('search', { query: 'x' })],
])(
  'what goes to a tool that the run has not is told, and no tool of the name `%s` is called',
  async (name, says) => {
    let called = 0
    const tool = own(name, 'other', async () => {
      called++
      return { parts: [], data: null, mistake: null }
    })
    const { server, teacher } = await served([says, answer])
    await using _ = server
    await withRun({ sandbox, teachers: [teacher], tools: [tool] }, async run => {
      await run.run()
      const [trajectory] = await run.trajectories()
      expect(trajectory?.turns[0]?.observations[0]?.mistake).toMatchObject({ kind: 'unknown_tool' })
      expect(called).toBe(0)
    })
  },
)
