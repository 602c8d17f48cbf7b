import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Message } from '@anthropic-ai/sdk/resources/messages'
import type { ChatCompletion } from 'openai/resources/chat/completions'
import type { Response } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Part } from '../../schemas/task.ts'
import type { Reply, Turn } from '../../schemas/trajectory.ts'
import { fromChat, toChat } from '../../teachers/chat-wire.ts'
import { habitsOf } from '../../teachers/habits.ts'
import { fromMessages, toMessages } from '../../teachers/messages-wire.ts'
import { fromResponses, toResponses } from '../../teachers/responses-wire.ts'
import { question } from '../conformance/teacher.ts'
import { image, observation, png, pythonTurn } from '../fixtures.ts'
import { freePort } from '../servers/free-port.ts'

const root = join(import.meta.dirname, '../..')
const shared = process.env.KINDLING_SHARED ?? join(root, '../shared')
const specification = join(shared, 'specs/openai.yaml')

const picture: Part = { type: 'image', image: image('x', { width: 300, height: 200 }) }
const words: Part = { type: 'text', text: 'stdout:\n8' }
const inside = habitsOf({}, { toolImages: 'inside' })
const limits = { side: 100, bytes: 1_000_000 }

/** A conversation with all there is: parallel calls, images smaller than they are, a mistake, a turn of another wire. */
function conversation(reply: Reply) {
  const results = reply.calls.map(({ id }, index) =>
    observation({
      callId: id,
      parts: index === 0 ? [words, picture, picture] : [],
      mistake: index === 0 ? null : { kind: 'bad_arguments', message: 'no' },
    }),
  )
  const turns: Turn[] = JSON.parse(JSON.stringify([{ reply, observations: results }, pythonTurn()]))
  return question({
    question: [picture, { type: 'text', text: 'What is it?' }],
    turns,
    bytes: () => png(300, 200),
  })
}

const call = (id: string) => ({
  id,
  type: 'function',
  function: { name: 'python', arguments: '{"code":"1"}' },
})
const chatMessage = { role: 'assistant', content: null, refusal: null, tool_calls: [call('a'), call('b')] }
const chat = () =>
  toChat(
    conversation(
      fromChat(
        { choices: [{ finish_reason: 'tool_calls', message: chatMessage }] } as unknown as ChatCompletion,
        'm',
      ),
    ),
    { model: 'm', limits, habits: habitsOf({}, { maxTokensAs: 'max_completion_tokens' }) },
  )

const called = (call_id: string) => ({
  type: 'function_call',
  id: `fc_${call_id}`,
  call_id,
  name: 'python',
  arguments: '{}',
  status: 'completed',
})
const output = [
  {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
    encrypted_content: 'eA==',
  },
  {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'I look.', annotations: [], logprobs: [] }],
  },
  called('a'),
  called('b'),
]
const responses = () =>
  toResponses(conversation(fromResponses({ status: 'completed', output } as unknown as Response, 'm')), {
    model: 'm',
    limits,
    habits: inside,
  })

const content = [
  { type: 'thinking', thinking: 'Hm.', signature: 'eA==' },
  { type: 'redacted_thinking', data: 'eA==' },
  { type: 'text', text: 'I look.', citations: null },
  { type: 'tool_use', id: 'a', name: 'python', input: { code: '1' } },
  { type: 'tool_use', id: 'b', name: 'python', input: '{"cut' },
]
const messages = () =>
  toMessages(
    conversation(fromMessages({ type: 'message', role: 'assistant', content } as unknown as Message, 'm')),
    {
      model: 'm',
      limits,
      habits: inside,
      cache: true,
    },
  )

const typed = [
  ['openai/resources/chat/completions', 'ChatCompletionCreateParamsNonStreaming', chat],
  ['openai/resources/responses/responses', 'ResponseCreateParamsNonStreaming', responses],
  ['@anthropic-ai/sdk/resources/messages', 'MessageCreateParamsNonStreaming', messages],
] as const

/** What the compiler says of these texts, each a module. */
async function compile(modules: readonly string[]): Promise<string> {
  // Within the checkout, so that the packages are found.
  await mkdir(join(root, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(root, '.cache/types-'))
  try {
    const files = modules.map((_, index) => join(folder, `${index}.ts`))
    await Promise.all(modules.map((text, index) => writeFile(files[index] ?? '', text)))
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--types',
      'node',
    ]
    const run = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [...flags, ...files])
    return await run.then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}

const moduleOf = (path: string, type: string, body: unknown) =>
  `import type { ${type} } from '${path}'\nexport const body: ${type} = ${JSON.stringify(body, null, 1)}\n`

test('requests of all wires are what the packages of the providers declare, to the last field', async () => {
  const modules = typed.map(async ([path, type, make]) => moduleOf(path, type, await make()))
  expect(await compile(await Promise.all(modules))).toBe('')
})

test('the compiler would object to a field too many, and to a wrong role', async () => {
  const wrong = await Promise.all(
    typed.map(async ([path, type, make]) => [
      moduleOf(path, type, { ...(await make()), max_token: 1 }),
      moduleOf(path, type, {
        ...(await make()),
        messages: [{ role: 'robot', content: 'x' }],
        input: [{ role: 'robot' }],
      }),
    ]),
  )
  const said = await compile(wrong.flat())
  for (const index of wrong.flat().keys()) expect(said).toContain(`${index}.ts(`)
})

/** A judge that holds requests to OpenAI's own specification, where that lies beside the checkout. */
if (existsSync(specification))
  describe('by the specification', () => {
    let judge: ChildProcess
    let origin: string

    beforeAll(async () => {
      const port = await freePort()
      origin = `http://127.0.0.1:${port}`
      const steady = join(root, 'node_modules/.bin/steady')
      const flags = ['-q', '--no-color', '--log-format', 'text', '--host', '127.0.0.1', '-p', String(port)]
      judge = spawn(steady, [...flags, specification], { stdio: ['ignore', 'pipe', 'inherit'] })
      for await (const line of createInterface({ input: judge.stdout ?? process.stdin })) {
        if (line.includes('Ready')) break
      }
    })
    afterAll(() => void judge.kill())

    const verdict = async (path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer x' }
      const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
      const said = await answer.text()
      return answer.ok ? answer.headers.get('x-steady-request-valid') : said
    }

    test('requests of the OpenAI wires are valid', async () => {
      expect(await verdict('/chat/completions', await chat())).toBe('true')
      expect(await verdict('/responses', await responses())).toBe('true')
    })

    test('it would refuse a wrong role and a tool message without its call', async () => {
      const { messages, ...rest } = await chat()
      const broken = [
        { role: 'robot', content: 'x' },
        { role: 'tool', content: 'x' },
      ]
      for (const message of broken)
        expect(await verdict('/chat/completions', { ...rest, messages: [...messages, message] })).toContain(
          'Validation failed',
        )
    })
  })
