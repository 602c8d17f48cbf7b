import {
  type CallToolResult,
  Client,
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  type Tool,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/client'
import { hashOf } from '../../schemas/hash.ts'
import { version } from '../../schemas/version.ts'
import { ToolError, ToolUnavailable } from '../tool.ts'
import type { McpServer } from './server.ts'

export type Listed = Tool

/** A server that answers, and its tools. */
export interface Open extends AsyncDisposable {
  client: Client
  tools: Listed[]
}

/** What a teacher and the server's answers depend on. */
export const definitionHash = ({ name, description, inputSchema, outputSchema }: Listed): string =>
  hashOf({ name, description, inputSchema, outputSchema })

/** Start or reach the server and ask what tools it has, each within `startMs`. Throws ToolUnavailable. */
export async function open(server: McpServer, startMs: number, signal?: AbortSignal): Promise<Open> {
  const [first = 'auto', ...others] = server.eras
  for (const era of [first, ...others]) {
    const opened = await attempt(server, era, startMs, signal)
    if (opened) return opened
  }
  throw new ToolUnavailable(`mcp ${server.label}: it speaks no version of the protocol that is known here`)
}

/** Nothing where the server asks for another version. */
async function attempt(server: McpServer, era: 'legacy' | 'auto', startMs: number, signal?: AbortSignal) {
  const { transport, said, leave } = server.reach()
  const client = new Client({ name: 'kindling', version }, { versionNegotiation: { mode: era } })
  const close = async () => {
    await leave()
    await client.close()
  }
  try {
    const limits = { timeout: startMs, ...(signal && { signal }) }
    await client.connect(transport, limits)
    const { tools } = await client.listTools(undefined, limits)
    return { client, tools, [Symbol.asyncDispose]: close }
  } catch (error) {
    await client.close()
    await transport.close()
    signal?.throwIfAborted()
    if (error instanceof UnsupportedProtocolVersionError) return undefined
    const words = [problemOf(error), ...said().trim().split('\n').slice(-1)].filter(Boolean).join('; ')
    throw new ToolUnavailable(server.discreet(`mcp ${server.label}: it cannot be used (${words})`), {
      cause: error,
    })
  }
}

const problemOf = (error: unknown): string => {
  const { message, cause } = error instanceof Error ? error : new Error(String(error))
  const line = message.split('\n')[0] ?? ''
  return cause instanceof Error ? `${line}: ${problemOf(cause)}` : line
}

/** One connection for all tools of a server; opened at the first call. */
export interface Connection {
  call(name: string, args: Record<string, unknown>, limits: CallLimits): Promise<CallToolResult>
  close(): Promise<void>
}

interface CallLimits {
  timeout: number
  signal: AbortSignal
}

/**
 * Calls to a server whose tools are still those of `definitions`, hashes by name. A call that the server refuses or
 * does not answer is a ToolError: a search that fails is part of the work. If the connection breaks, it is opened anew
 * and the call is repeated once; after that it throws.
 */
export function connection(server: McpServer, definitions: Map<string, string>, startMs: number): Connection {
  let current: Promise<Open> | undefined

  async function connect(signal: AbortSignal): Promise<Open> {
    const opened = await open(server, startMs, signal)
    const found = new Map(opened.tools.map(tool => [tool.name, definitionHash(tool)]))
    const changed = [...definitions].find(([name, hash]) => found.get(name) !== hash)
    if (!changed) return opened
    await opened[Symbol.asyncDispose]()
    throw new ToolUnavailable(`mcp ${server.label}: its tool ${changed[0]} is not what it was at the start`)
  }

  async function drop(connected: Promise<Open> | undefined) {
    if (current === connected) current = undefined
    const opened = await connected?.catch(() => undefined)
    await opened?.[Symbol.asyncDispose]()
  }

  async function call(name: string, args: Record<string, unknown>, limits: CallLimits, again = false) {
    current ??= connect(limits.signal)
    const connected = current
    try {
      const { client } = await connected
      return await client.callTool({ name, arguments: args }, limits)
    } catch (error) {
      limits.signal.throwIfAborted()
      const words = saidBy(error, limits.timeout)
      if (words !== undefined) throw new ToolError(server.discreet(words), { cause: error })
      await drop(connected)
      if (again) throw new Error(server.discreet(problemOf(error)), { cause: error })
      return call(name, args, limits, true)
    }
  }

  return { call: (...given) => call(...given), close: () => drop(current) }
}

/** Codes by which a server says that it cannot be used, rather than that a call went wrong. */
const unusable: number[] = [
  ProtocolErrorCode.MethodNotFound,
  ProtocolErrorCode.MissingRequiredClientCapability,
  ProtocolErrorCode.UnsupportedProtocolVersion,
  ProtocolErrorCode.UrlElicitationRequired,
]

/** What a teacher is told of a call that was made and went wrong; undefined where it could not be made. */
function saidBy(error: unknown, timeout: number): string | undefined {
  if (error instanceof ProtocolError)
    return unusable.includes(error.code) ? undefined : `The call failed: ${error.message}`
  if (!(error instanceof SdkError)) return undefined
  if (error.code === SdkErrorCode.RequestTimeout) return `The tool did not answer within ${timeout / 1000} s.`
  if (error.code === SdkErrorCode.InvalidResult) return 'The tool’s answer could not be read.'
  return undefined
}
