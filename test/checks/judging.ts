import type { CheckContext } from '../../checks/check.ts'
import { runOn } from '../../pipeline/jobs/open-run.ts'
import { settings } from '../../pipeline/settings.ts'
import { defaultLimits } from '../../sandbox/bubblewrap.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { type OpenAiOptions, openai } from '../../teachers/openai.ts'
import type { Tool } from '../../tools/tool.ts'
import { noContext } from '../check-context.ts'
import { temporaryFolder } from '../fixtures.ts'
import { type Answer, completion, wireServer } from '../teachers/wire-server.ts'

/** What a judge's server was sent. */
export interface Heard {
  model: string
  system: string
  /** All texts of the user's message. */
  text: string
  images: number
  /** Names of the tools that were offered. */
  tools: string[]
  /** What the tools said. */
  results: string
  /** The last line that is asked for, with this verdict. */
  verdict(word: string): string
  /** The code that a verdict as JSON is to repeat. */
  code: string
  /** What the request asks for beside its messages. */
  asked: { max_tokens?: unknown; response_format?: unknown }
}

/** Says a text, or answers in another way. */
export type Say = (heard: Heard, number: number) => string | Answer

interface BenchParts {
  tools?: Tool[]
  sandbox?: Sandbox
}

/** For models that run nothing. */
const noSandbox: Sandbox = {
  name: 'none',
  options: {},
  limits: defaultLimits,
  describe: async () => ({ kind: 'none', python: '', libraries: {}, hash: '' }),
  open: () => Promise.reject(new Error('nothing is run here')),
  [Symbol.asyncDispose]: async () => {},
}

/** A real server for models that judge or try, and the real way to ask them: store, ledger, limits. */
export async function modelBench(say: Say, { tools = [], sandbox = noSandbox }: BenchParts = {}) {
  const heard: Heard[] = []
  const server = await wireServer(({ body }, number) => {
    const one = hear(body)
    heard.push(one)
    const said = say(one, number)
    return typeof said === 'string' ? { body: completion({ content: said }) } : said
  })
  const folder = await temporaryFolder()
  const store = await openSqliteStore(folder.path)
  const model = (name: string, options: Partial<OpenAiOptions> = {}) =>
    openai({ model: name, baseURL: server.url, ...options })
  const parts = { name: 'bench', tasks: [], filters: [], exports: [], checks: [], tools, sandbox }
  const { signal } = new AbortController()
  const config = settings({ ...parts, teachers: [model('teacher')], output: folder.path })
  const run = await runOn(store, config, { listen: () => {}, signal, asks: 'anybody' })
  const models = run.models([{ models: config.teachers }])
  // Not spread: touching anything else still throws.
  const context: CheckContext = Object.create(noContext, { models: { value: models } })
  return {
    context,
    heard,
    model,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

interface Body {
  max_tokens?: unknown
  response_format?: unknown
  model: string
  messages: { role: string; content?: unknown }[]
  tools?: unknown
}

export function hear({ model, messages, tools, max_tokens, response_format }: Body): Heard {
  const textOf = (role: string) =>
    messages
      .filter(message => message.role === role)
      .flatMap(({ content }) => (typeof content === 'string' ? [content] : textsOf(content)))
      .join('\n')
  const text = textOf('user')
  const form = /^VERDICT \w+: \.\.\.$/m.exec(text)?.[0] ?? ''
  return {
    model,
    system: textOf('system'),
    text,
    tools: Array.isArray(tools) ? tools.map(tool => tool.function.name) : [],
    results: textOf('tool'),
    images: JSON.stringify(messages).match(/"image_url":/g)?.length ?? 0,
    verdict: word => form.replace('...', word),
    code: /the text ([0-9a-f]{12});/.exec(text)?.[1] ?? '',
    asked: { max_tokens, response_format },
  }
}

const textsOf = (content: unknown): string[] =>
  Array.isArray(content) ? content.flatMap(part => (part.type === 'text' ? [String(part.text)] : [])) : []
