import { afterEach, expect, test, vi } from 'vitest'
import { judge } from '../../checks/judges/judge.ts'
import { anthropic } from '../../teachers/anthropic.ts'
import { openai } from '../../teachers/openai.ts'
import { openaiResponses } from '../../teachers/openai-responses.ts'
import { anthropicProvider, keyFor, openAiProvider } from '../../teachers/provider.ts'
import { tagged } from '../../teachers/tagged.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { question } from '../conformance/teacher.ts'
import { withRun } from '../pipeline/scripted.ts'
import { smallJail } from '../small-jail.ts'
import { completion, wireServer } from './wire-server.ts'

afterEach(() => vi.unstubAllEnvs())

const { signal } = new AbortController()
const key = 'sk-of-the-provider-1234'

interface At {
  baseURL: string
  apiKey?: string
  apiKeyEnv?: string
}
const makers: [string, (at: At) => Teacher][] = [
  ['openai', at => openai({ model: 'm', ...at })],
  ['openaiResponses', at => openaiResponses({ model: 'm', ...at })],
  ['anthropic', at => anthropic({ model: 'm', ...at })],
]
const withBearer = (arrived: { key: string | undefined }[]) =>
  arrived.map(one => one.key?.replace('Bearer ', ''))

/** What the packages read by themselves; each would change where a request goes, or what it carries. */
const environment = {
  OPENAI_API_KEY: key,
  OPENAI_ADMIN_KEY: 'admin',
  OPENAI_ORG_ID: 'organisation',
  OPENAI_PROJECT_ID: 'project',
  OPENAI_CUSTOM_HEADERS: 'x-custom: header\nauthorization: Bearer custom',
  OPENAI_LOG: 'debug',
  ANTHROPIC_API_KEY: key,
  ANTHROPIC_AUTH_TOKEN: 'token',
  ANTHROPIC_CUSTOM_HEADERS: 'x-custom: header\nx-api-key: custom',
  ANTHROPIC_PROFILE: 'somebody',
}

function stub(variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

test.each(makers)(
  '%s sends another server nothing of the environment, and leaves that as it was',
  async (_, make) => {
    await using server = await wireServer(() => ({ status: 400, body: {} }))
    await using elsewhere = await wireServer(() => ({ status: 400, body: {} }))
    const wrong = { OPENAI_BASE_URL: elsewhere.url, ANTHROPIC_BASE_URL: elsewhere.url }
    stub({ ...environment, ...wrong })
    const before = { ...process.env }
    await expect(make({ baseURL: server.url }).ask(question(), signal)).rejects.toThrow('400')
    expect(withBearer(server.arrived)).toEqual(['none'])
    const sent = JSON.stringify(server.carried)
    for (const held of Object.values(environment)) expect(sent).not.toContain(held.split('\n')[0])
    expect(sent).not.toContain('custom')
    expect(elsewhere.arrived).toEqual([])
    expect(process.env).toEqual(before)
  },
)

test.each(makers)('%s sends another server the key that the config names for it', async (_, make) => {
  await using server = await wireServer(() => ({ status: 400, body: {} }))
  stub({ ...environment, OWN_KEY: 'sk-of-that-server' })
  for (const named of [{ apiKey: 'given' }, { apiKeyEnv: 'OWN_KEY' }, { apiKeyEnv: 'OPENAI_API_KEY' }])
    await make({ baseURL: server.url, ...named })
      .ask(question(), signal)
      .catch(() => {})
  expect(withBearer(server.arrived)).toEqual(['given', 'sk-of-that-server', key])
})

test('an endpoint at an address of its own gets no key of the environment, either', async () => {
  await using server = await wireServer(() => ({ body: completion() }))
  stub(environment)
  const { endpoints = [] } = openai({ model: 'm', endpoints: [{}, { baseURL: server.url }] })
  await endpoints[1]?.ask(question(), signal)
  expect(withBearer(server.arrived)).toEqual(['none'])
})

const own: [provider: typeof openAiProvider, baseURL: string | undefined, key: string][] = [
  [openAiProvider, undefined, key],
  [openAiProvider, 'https://api.openai.com/v1', key],
  [openAiProvider, 'https://API.openai.com/v1/', key],
  [openAiProvider, 'https://eu.api.openai.com/v1', key],
  [openAiProvider, 'http://api.openai.com/v1', 'none'],
  [openAiProvider, 'https://api.openai.com:8443/v1', 'none'],
  [openAiProvider, 'https://api.openai.com.example.org/v1', 'none'],
  [openAiProvider, 'https://evil-api.openai.com.example.org/v1', 'none'],
  [openAiProvider, 'https://example.org/api.openai.com', 'none'],
  [openAiProvider, 'https://mine.openai.azure.com/openai/v1', 'none'],
  [openAiProvider, 'https://api.anthropic.com/v1', 'none'],
  [anthropicProvider, undefined, key],
  [anthropicProvider, 'https://api.anthropic.com', key],
  [anthropicProvider, 'https://api.openai.com', 'none'],
  [anthropicProvider, 'http://127.0.0.1:8000', 'none'],
]

test.each(own)('%o is connected with at %s by %s', (provider, baseURL, expected) => {
  stub({ OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key })
  expect(keyFor(provider, { baseURL }, 'm')).toBe(expected)
})

const addresses: [variable: string, make: () => Teacher][] = [
  ['OPENAI_BASE_URL', () => openai({ model: 'm', apiKey: key })],
  ['OPENAI_BASE_URL', () => openai({ model: 'm', endpoints: [{}] })],
  ['OPENAI_BASE_URL', () => openaiResponses({ model: 'm' })],
  ['ANTHROPIC_BASE_URL', () => anthropic({ model: 'm' })],
]

test.each(addresses)(
  'an address in %s is refused before anybody is asked, and not shown',
  (variable, make) => {
    stub({ OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key })
    expect(() => make().ready?.()).not.toThrow()
    vi.stubEnv(variable, 'http://me:secret@127.0.0.1:9/v1')
    const line = new RegExp(`^teacher m.*: ${variable} is set, .*; give .*\`baseURL\`.*, or unset it$`)
    expect(() => make().ready?.()).toThrow(line)
    expect(() => make().ready?.()).not.toThrow(/secret/)
  },
)

const lines: [string, () => Teacher, string[]][] = [
  [
    'one line about the key',
    () => openai({ model: 'm', baseURL: 'http://box:8000/v1' }),
    [
      "OPENAI_API_KEY is not sent to box:8000; add apiKeyEnv: 'OPENAI_API_KEY' if that server is to have it, or apiKey: 'none'",
    ],
  ],
  [
    'one line for each host',
    () => anthropic({ model: 'm', endpoints: [{}, { baseURL: 'http://box/v1' }, { baseURL: 'http://b:2' }] }),
    [
      "ANTHROPIC_API_KEY is not sent to box; add apiKeyEnv: 'ANTHROPIC_API_KEY' if that server is to have it, or apiKey: 'none'",
      "ANTHROPIC_API_KEY is not sent to b:2; add apiKeyEnv: 'ANTHROPIC_API_KEY' if that server is to have it, or apiKey: 'none'",
    ],
  ],
  [
    'nothing where none is needed',
    () => openai({ model: 'm', baseURL: 'http://box/v1', apiKey: 'none' }),
    [],
  ],
  ['nothing at the provider', () => openai({ model: 'm', baseURL: 'https://api.openai.com/v1' }), []],
]

test.each(lines)('it says %s', (_, make, expected) => {
  stub({ OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key })
  expect(make().warnings?.()).toEqual(expected)
})

test('it says what else of the environment is not sent', () => {
  stub({ OPENAI_ORG_ID: 'o', OPENAI_CUSTOM_HEADERS: 'a: b', ANTHROPIC_AUTH_TOKEN: 't' })
  expect(openai({ model: 'm' }).warnings?.()).toEqual([
    'OPENAI_ORG_ID is not sent; give a ready `client` if it is needed',
    'OPENAI_CUSTOM_HEADERS is not sent; give a ready `client` if it is needed',
  ])
  expect(anthropic({ model: 'm' }).warnings?.()).toEqual([
    'ANTHROPIC_AUTH_TOKEN is not sent; give a ready `client` if it is needed',
  ])
})

test('a run says each line once, whoever of its models has to say it', async () => {
  stub({ OPENAI_API_KEY: key })
  const at = { baseURL: 'http://127.0.0.1:9/v1' }
  const teachers = [openai({ model: 'm', ...at }), tagged(openai({ model: 'n', ...at }))]
  const checks = [judge({ models: [openaiResponses({ model: 'j', ...at })] })]
  await withRun({ sandbox: smallJail(), teachers, checks }, async run => {
    await run.open({}, { asks: 'nobody' })
    expect(run.progress).toEqual([])
    await run.open()
    expect(run.progress).toEqual([
      { kind: 'warning', message: expect.stringMatching(/^OPENAI_API_KEY is not sent to 127.0.0.1:9; /) },
    ])
  })
})
