import { setTimeout } from 'node:timers/promises'
import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { JsonObject } from '../schemas/json.ts'
import { InputError } from '../tasks/problem.ts'

/** A program that speaks MCP on stdin and stdout. It sees PATH, HOME and the like, and what `env` gives it. */
export interface McpCommand {
  command: string
  args?: readonly string[]
  /** Give keys here, from the environment (`process.env.X`): values are never written down. */
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
}

/** A server that speaks MCP over HTTP. */
export interface McpAddress {
  /** Written down without what follows a `?`. */
  url: string
  /** Give keys here, from the environment: they are never written down. */
  headers?: Readonly<Record<string, string | undefined>>
}

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
export function serverAt(place: McpCommand | McpAddress): McpServer {
  const label = 'url' in place ? openAddress(place.url) : [place.command, ...(place.args ?? [])].join(' ')
  const given = allSet(
    'url' in place ? 'headers' : 'env',
    ('url' in place ? place.headers : place.env) ?? {},
    label,
  )
  const secrets = Object.entries(given)
    .filter(([name, value]) => value.length >= shortestSecret && ('url' in place || secretName.test(name)))
    .flatMap(([, value]) => [value, ...value.split(' ').filter(word => word.length >= shortestSecret)])
  refuseSecrets(label, secrets)
  const discreet = (text: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  return 'url' in place
    ? { ...address(place, label, given), discreet }
    : { ...command(place, label, given), discreet }
}

type Given = Record<string, string>
type Reached = Omit<McpServer, 'discreet'>

function address({ url }: McpAddress, label: string, headers: Given): Reached {
  return {
    label,
    options: { url: label },
    eras: ['auto'],
    reach() {
      const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
      const leave = () => Promise.race([transport.terminateSession().catch(() => {}), setTimeout(patience)])
      return { transport, said: () => '', leave }
    },
  }
}

/** Milliseconds that a farewell may take. */
const patience = 2_000

/** Bytes of one message; a larger one ends the connection. */
const maxBufferSize = 2 ** 26
const mostSaid = 2_000

function command({ command, args = [], cwd }: McpCommand, label: string, env: Given): Reached {
  return {
    label,
    options: { command, args: [...args], env: Object.keys(env).sort() },
    eras: ['legacy', 'auto'],
    reach() {
      const transport = new StdioClientTransport({
        command,
        args: [...args],
        env,
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
  }
}

/** Queries hold keys more often than not. */
function openAddress(url: string): string {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new InputError([`mcp: ${url} is not an address; give one such as http://127.0.0.1:3000/mcp`])
  if (parsed.username || parsed.password)
    throw new InputError([`mcp ${parsed.host}: its url holds a password; give it in \`headers\``])
  return parsed.origin + parsed.pathname
}

function allSet(field: string, values: Readonly<Record<string, string | undefined>>, label: string): Given {
  const missing = Object.keys(values).find(name => !values[name])
  if (missing) throw new InputError([`mcp ${label}: ${field}.${missing} is not set; set it or leave it out`])
  return values as Given
}

/** Characters. */
const shortestSecret = 8
const secretName = /key|token|secret|passw|credential|auth/i

/** What names the server stands in every row's record and in the manifest. */
function refuseSecrets(label: string, secrets: string[]) {
  const known = Object.entries(process.env).filter(([name]) => secretName.test(name))
  const [name] = known.find(([, value = '']) => value.length >= shortestSecret && label.includes(value)) ?? []
  if (name !== undefined || secrets.some(secret => label.includes(secret)))
    throw new InputError([
      `mcp: an argument or address holds ${name ? `the value of ${name}` : 'a secret that is given to the server, too'}; give it in \`env\` or \`headers\` only, since arguments and addresses are written down`,
    ])
}
