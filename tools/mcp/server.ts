import { setTimeout } from 'node:timers/promises'
import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import Type, { type Static } from 'typebox'
import { InputError } from '../../schemas/input-error.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed, filledText } from '../../schemas/options.ts'

/** One that is not set is said by its name later. */
const Secrets = Type.Unsafe<Readonly<Record<string, string | undefined>>>(
  Type.Record(Type.String(), Type.Union([Type.String(), Type.Undefined()])),
)

/** A program that speaks MCP on stdin and stdout. It sees PATH, HOME and the like, and what `env` gives it. */
export const McpCommand = closed({
  command: filledText,
  args: Type.Optional(Type.Immutable(Type.Array(Type.String()))),
  /** Give keys here, from the environment (`process.env.X`): values are never written down. */
  env: Type.Optional(Secrets),
  cwd: Type.Optional(filledText),
})
export type McpCommand = Static<typeof McpCommand>

/** A server that speaks MCP over HTTP. */
export const McpAddress = closed({
  /** Written down without what follows a `?`. */
  url: filledText,
  /** Give keys here, from the environment: they are never written down. */
  headers: Type.Optional(Secrets),
})
export type McpAddress = Static<typeof McpAddress>

/** One way to a server, to be gone once. */
export interface Way {
  transport: Transport
  /** The end of what the server wrote to stderr. */
  said(): string
  /** Tell it that nobody comes back. Never throws. */
  leave(): Promise<void>
}

/** How a server is reached, and what of that may be said. */
export interface McpServer {
  /** What messages call it. */
  label: string
  /** Plain data without secrets. */
  options: JsonObject
  /** The ways to open a conversation, to be tried in this order: by the older protocol first where asking is dear. */
  eras: readonly ('legacy' | 'auto')[]
  reach(): Way
  /** The text without the secrets that were given to the server: it may say them again. */
  discreet(text: string): string
}

/** Throws InputError for a key that is not set and for one that stands where it would be written down. */
export const serverAt = (place: McpCommand | McpAddress): McpServer =>
  'url' in place ? address(place) : command(place)

function address({ url, headers }: McpAddress): McpServer {
  const { label, query } = openAddress(url)
  const given = allSet(headers, 'headers', label)
  const discreet = without(
    [...Object.values(given).flatMap(value => [value, ...value.split(' ')]), ...query],
    label,
  )
  return {
    label,
    options: { url: label },
    eras: ['auto'],
    reach() {
      const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: given } })
      const leave = () =>
        Promise.race([
          transport.terminateSession().catch(() => {}),
          setTimeout(patience, undefined, { ref: false }),
        ])
      return { transport, said: () => '', leave }
    },
    discreet,
  }
}

/** Milliseconds that a farewell may take. */
const patience = 2_000

/** Bytes of one message; a larger one ends the connection. */
const maxBufferSize = 2 ** 26
const mostSaid = 2_000

function command({ command, args = [], env, cwd }: McpCommand): McpServer {
  const label = [command, ...args].join(' ')
  const given = allSet(env, 'env', label)
  const keys = Object.entries(given).filter(([name]) => secretName.test(name))
  const discreet = without(
    keys.map(([, value]) => value),
    label,
  )
  return {
    label,
    options: { command, args: [...args], env: Object.keys(given).sort() },
    eras: ['legacy', 'auto'],
    reach() {
      const transport = new StdioClientTransport({
        command,
        args: [...args],
        env: given,
        stderr: 'pipe',
        maxBufferSize,
        ...(cwd === undefined ? {} : { cwd }),
      })
      let said = ''
      transport.stderr?.on('data', chunk => {
        said = `${said}${chunk}`.slice(-mostSaid)
      })
      return { transport, said: () => said, leave: async () => {} }
    },
    discreet,
  }
}

/** Queries hold keys more often than not. */
function openAddress(url: string): { label: string; query: string[] } {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new InputError([`mcp: ${url} is not an address; give one such as http://127.0.0.1:3000/mcp`])
  if (parsed.username || parsed.password)
    throw new InputError([`mcp ${parsed.host}: its url holds a password; give it in \`headers\``])
  return { label: parsed.origin + parsed.pathname, query: [...parsed.searchParams.values()] }
}

function allSet(
  values: Readonly<Record<string, string | undefined>> = {},
  field: string,
  label: string,
): Record<string, string> {
  const missing = Object.keys(values).find(name => !values[name])
  if (missing) throw new InputError([`mcp ${label}: ${field}.${missing} is not set; set it or leave it out`])
  return values as Record<string, string>
}

/** Characters. Anything shorter may be a word. */
const shortestSecret = 8
const secretName = /key|token|secret|passw|credential|auth/i

/** Blots secrets out. Throws where one stands in what names the server: that is in every row's record. */
function without(values: string[], label: string): McpServer['discreet'] {
  const secrets = values.filter(value => value.length >= shortestSecret)
  const ours = Object.entries(process.env)
    .filter(([name]) => secretName.test(name))
    .flatMap(([, value]) => (value && value.length >= shortestSecret ? [value] : []))
  if ([...secrets, ...ours].some(secret => label.includes(secret)))
    throw new InputError([
      'mcp: an argument or the address holds a key, and would be written down; give it in `env` or `headers`',
    ])
  return text => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
}
