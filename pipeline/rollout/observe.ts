import { SandboxError } from '../../sandbox/sandbox.ts'
import { parseJson } from '../../schemas/json.ts'
import type { Mistake, Observation, ToolCall, ToolSpec } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { StoreError } from '../../store/errors.ts'
import { type Tool, ToolError } from '../../tools/tool.ts'
import { ConfigError, ToolFailure, UsedUp } from '../errors.ts'
import type { Observe } from '../run.ts'

export const toolSpecs = (tools: readonly Tool[]): ToolSpec[] =>
  tools.map(({ name, description, args }) => ({
    name,
    description,
    parameters: JSON.parse(JSON.stringify(args)),
  }))

export function observer(tools: readonly Tool[]): Observe {
  const known = new Map(tools.map(tool => [tool.name, { tool, check: validator(tool.args) }]))
  const names = tools.map(({ name }) => name).join(', ')
  return async (call, context) => {
    const found = known.get(call.name)
    if (!found)
      return mistake(call, 'unknown_tool', `There is no tool named ${call.name}. There are: ${names}.`)
    const args = parseJson(call.arguments)
    if (args === undefined)
      return mistake(call, 'bad_arguments', 'The arguments are not valid JSON. Send one JSON object.')
    const checked = found.check(args)
    if (!checked.ok) return mistake(call, 'bad_arguments', `The arguments are wrong: ${faultOf(checked)}.`)
    try {
      return { callId: call.id, ...(await found.tool.run(checked.value as never, context)) }
    } catch (error) {
      if (error instanceof ToolError) return mistake(call, 'tool_error', error.message)
      throw isOurs(error, context.signal) ? error : failureOf(found.tool, error)
    }
  }
}

const faultOf = ({ field, message }: { field: string; message: string }) => `${field} ${message}`.trim()

const failureOf = (tool: Tool, cause: unknown) =>
  new ToolFailure(`${tool.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { tool, cause })

/** A slip in a tool's own code, which no other try mends; `fetch` says with a cause that nobody answered. */
export const isSlip = ({ cause }: ToolFailure): boolean =>
  (cause instanceof TypeError || cause instanceof ReferenceError) &&
  !('code' in cause) &&
  cause.cause === undefined

/** What is not the tool's fault, though it came up through it. */
const isOurs = (error: unknown, signal: AbortSignal) =>
  signal.aborted || ours.some(kind => error instanceof kind)

const ours = [SandboxError, StoreError, UsedUp, ConfigError]

const mistake = (call: ToolCall, kind: Mistake['kind'], message: string): Observation => ({
  callId: call.id,
  mistake: { kind, message },
  parts: [{ type: 'text', text: message }],
  data: null,
})
