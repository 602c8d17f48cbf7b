import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { plantedFault } from '../../../teachers/program/faults.ts'
import { ask, observed, saidIn, talk } from './talk.ts'

test('a question is answered over two turns, through a tool call', async () => {
  await using program = await talk()
  const question = await ask()
  const first = await program.say(question)
  expect(saidIn(first)).toMatchObject({
    text: 'I ask Python how wide the image is.',
    call: { name: 'python', arguments: '{"code":"image_1.width"}' },
    finish: 'tool_calls',
    raw: { kindling: { program: 'kindling-program-1', skill: 'width', planted: null } },
  })
  const second = await program.say(observed(question, first, 'result:\n8'))
  expect(saidIn(second)).toMatchObject({
    text: 'Python says it is 8 pixels wide.\n<answer>8</answer>',
    call: null,
    finish: 'stop',
  })
})

test('the same conversation gives the same bytes', async () => {
  await using one = await talk(0.9)
  await using other = await talk(0.9)
  const messages = await ask()
  const bytes = async ({ url }: { url: string }) => {
    const body = JSON.stringify({ model: 'kindling-program-1', messages, seed: 3 })
    return (await fetch(`${url}/chat/completions`, { method: 'POST', body })).text()
  }
  expect(await bytes(one)).toBe(await bytes(other))
  expect(JSON.parse(await bytes(one)).created).toBe(0)
})

test('a longer conversation gives another call id', async () => {
  await using program = await talk()
  const question = await ask()
  const first = await program.say(question)
  const second = await program.say(observed(question, first, 'result: none'))
  const ids = [first, second].map(reply => reply.choices[0]?.message.tool_calls?.[0]?.id)
  expect(ids[0]).not.toBe(ids[1])
})

test('usage counts text by length and images by size', async () => {
  await using program = await talk()
  const tokens = async (text: string, width: number) =>
    (await program.say(await ask(text, width))).usage?.prompt_tokens ?? 0
  const small = await tokens('How wide', 8)
  expect(await tokens(`How wide${'!'.repeat(400)}`, 8)).toBe(small + 100)
  expect(await tokens('How wide', 600)).toBe(small + 170)
})

test('a reply longer than the request allows is cut and says so', async () => {
  await using program = await talk()
  const cut = saidIn(await program.say(await ask(), 0, { max_completion_tokens: 2 }))
  expect(cut).toMatchObject({ text: 'I ask Py', call: null, finish: 'length' })
})

test('what no skill knows is left without an answer', async () => {
  await using program = await talk()
  const said = saidIn(await program.say(await ask('Why is it red?')))
  expect(said).toMatchObject({ call: null, finish: 'stop', raw: { kindling: { skill: null } } })
  expect(said.text).toMatch(/\w/)
  expect(said.text).not.toContain('<answer>')
  expect(plantedFault(said.raw)).toBeNull()
})

test('the model is listed under its name', async () => {
  await using program = await talk()
  const models = await program.client.models.list()
  expect(models.data.map(model => model.id)).toEqual(['kindling-program-1'])
  expect((await program.client.models.retrieve('kindling-program-1')).owned_by).toBe('kindling')
})

const refusals = [
  { title: 'another model', change: { model: 'gpt-9' }, status: 404, says: /gpt-9/ },
  { title: 'streaming', change: { stream: true }, status: 400, says: /stream/ },
  { title: 'no messages', change: { messages: [] }, status: 400, says: /messages/ },
  {
    title: 'no question',
    change: { messages: [{ role: 'system', content: 'x' }] },
    status: 400,
    says: /user/,
  },
  {
    title: 'an image that is none',
    change: {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
        },
      ],
    },
    status: 400,
    says: /unsupported image/,
  },
  {
    title: 'a call that nothing responds to',
    change: {
      messages: [
        { role: 'user', content: 'How wide?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'call_x', type: 'function', function: { name: 'python', arguments: '{}' } }],
        },
      ],
    },
    status: 400,
    says: /call_x/,
  },
]

test.each(refusals)('$title is refused as OpenAI would refuse it', async ({ change, status, says }) => {
  await using program = await talk()
  const body = { model: 'kindling-program-1', messages: await ask(), ...change }
  const asked = program.client.post('/chat/completions', { body })
  const error: unknown = await asked.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(OpenAI.APIError)
  expect(error).toMatchObject({ status, type: 'invalid_request_error', message: expect.stringMatching(says) })
})

test('a body that is not JSON is refused', async () => {
  await using program = await talk()
  const response = await fetch(`${program.url}/chat/completions`, { method: 'POST', body: '{"model"' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null } })
})

test.each(['GET /v1/chat/completions', 'POST /v1/embeddings', 'GET /'])('%s is not there', async route => {
  await using program = await talk()
  const [method = '', path = ''] = route.split(' ')
  const response = await fetch(new URL(path, program.url), { method })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(path) } })
})
