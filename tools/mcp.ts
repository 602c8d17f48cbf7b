import Type, { type Static } from 'typebox'
import { InputError } from '../schemas/input-error.ts'
import { closed, count, filledText, readOptions } from '../schemas/options.ts'
import { validator } from '../schemas/validate.ts'
import { type Connection, connection, definitionHash, type Listed, open } from './mcp/connection.ts'
import { ShownLimits, shownResult } from './mcp/result.ts'
import { McpAddress, McpCommand, type McpServer, serverAt } from './mcp/server.ts'
import { defineTool, type Tool } from './tool.ts'

const common = {
  ...Type.Partial(ShownLimits).properties,
  /** Only these of the server's tools, by its names of them; all by default. */
  tools: Type.Optional(Type.Immutable(Type.Array(filledText))),
  /** Stands before every name: where two servers have tools of one name, or to say whose they are. */
  prefix: Type.Optional(Type.String()),
  /** Milliseconds that a call may take. A call that takes longer is told to the teacher as having failed. */
  timeoutMs: Type.Optional(count),
  /** Milliseconds that the server may take to start, and to say what it has. */
  startMs: Type.Optional(count),
}

export const McpOptions = Type.Union([
  closed({ ...McpCommand.properties, ...common }),
  closed({ ...McpAddress.properties, ...common }),
])
export type McpOptions = Static<typeof McpOptions>

/**
 * The tools of any MCP server, over stdio or HTTP.
 *
 *     tools: [python(), ...(await mcp({ command: 'npx', args: [...], tools: ['search'] }))]
 *
 * The server is started to ask what it has and stopped again; the first call starts it for the whole run. Throws
 * InputError for tools that cannot be offered and ToolUnavailable if the server cannot be reached.
 */
export async function mcp(given: McpOptions): Promise<Tool[]> {
  const options = readOptions('mcp', McpOptions, given)
  const { tools: wanted, prefix = '', maxChars = 8_000, maxImages = 5 } = options
  const { timeoutMs = 60_000, startMs = 60_000 } = options
  const server = serverAt(options)
  await using opened = await open(server, startMs)
  const chosen = choose(opened.tools, wanted, server)
  const { name = '', version = '' } = opened.client.getServerVersion() ?? {}
  const definitions = new Map(chosen.map(tool => [tool.name, definitionHash(tool)]))
  const settings = {
    prefix,
    timeoutMs,
    limits: { maxChars, maxImages },
    about: { server: { name, version }, ...server.options },
    link: connection(server, definitions, startMs),
  }
  const tools = chosen.map(tool => offered(tool, server, settings))
  refuseTwins(tools, chosen, server)
  return tools
}

/** Those that are wanted, in that order. */
function choose(listed: Listed[], wanted: readonly string[] | undefined, server: McpServer): Listed[] {
  const known = new Map(listed.map(tool => [tool.name, tool]))
  const names = listed.map(({ name }) => name).join(', ')
  if (listed.length === 0) throw refusedServer(server, 'it has no tools')
  return (wanted ?? [...known.keys()]).map(name => {
    const tool = known.get(name)
    if (!tool) throw refusedServer(server, `it has no tool ${name}; it has: ${names}`)
    return tool
  })
}

interface Settings {
  prefix: string
  timeoutMs: number
  limits: ShownLimits
  about: McpServer['options']
  link: Connection
}

function offered(listed: Listed, server: McpServer, settings: Settings): Tool {
  const { prefix, timeoutMs, limits, about, link } = settings
  refuseUnusable(listed, server)
  return defineTool({
    name: nameFor(listed, prefix, server),
    description: listed.description?.trim() || listed.title?.trim() || listed.name,
    args: Type.Unsafe<Record<string, unknown>>(listed.inputSchema),
    options: { ...about, tool: listed.name, definition: definitionHash(listed), timeoutMs, ...limits },
    stateful: false,
    async run(args, context) {
      const result = await link.call(listed.name, args, { timeout: timeoutMs, signal: context.signal })
      return shownResult(result, context, limits, server.discreet)
    },
    close: link.close,
  })
}

/** As every provider takes it. */
function nameFor({ name }: Listed, prefix: string, server: McpServer): string {
  const plain = `${prefix}${name}`.replaceAll(/[^\w-]/g, '_')
  if (plain.length <= 64) return plain
  throw refusedServer(
    server,
    `the name of its tool ${name} would have more than 64 characters; choose others with \`tools\``,
  )
}

function refuseUnusable(listed: Listed, server: McpServer) {
  const { name, inputSchema, outputSchema, execution } = listed
  if (execution?.taskSupport === 'required')
    throw refusedServer(
      server,
      `its tool ${name} works by tasks, which are not taken; choose others with \`tools\``,
    )
  for (const schema of [inputSchema, outputSchema ?? {}]) {
    try {
      validator(schema)
    } catch (error) {
      const [line] = String(error instanceof Error ? error.message : error).split('\n')
      throw refusedServer(
        server,
        `a schema of its tool ${name} is none (${line}); choose others with \`tools\``,
      )
    }
  }
}

function refuseTwins(tools: Tool[], listed: Listed[], server: McpServer) {
  const names = tools.map(({ name }) => name)
  const second = names.findIndex((name, index) => names.indexOf(name) !== index)
  const [one, other] = [listed[names.indexOf(names[second] ?? '')], listed[second]]
  if (one && other)
    throw refusedServer(
      server,
      `its tools ${one.name} and ${other.name} would both be named ${names[second]}`,
    )
}

const refusedServer = (server: McpServer, what: string) => new InputError([`mcp ${server.label}: ${what}`])
