import { isObject } from '../../schemas/json.ts'
import type { Behaviour, Request } from './behaviour.ts'
import type { Said } from './loopback.ts'
import { sent, type WireName } from './wires.ts'

type Fields = Record<string, unknown>
export type Row = Pick<Behaviour, 'wire' | 'server' | 'answers'> & Partial<Behaviour>

/** Rows of one kind. */
export const rowsOf = (
  kind: string,
  outcome: Pick<Behaviour, 'ends' | 'calls' | 'exit'>,
  rows: readonly Row[],
): Behaviour[] => rows.map(row => ({ ...outcome, kind, ...row }))

export const solved = { ends: ['answered 8'], calls: 2, exit: 0 }
export const ended = (by: string) => ({ ends: [`stopped by ${by}`], calls: 1, exit: 6 })

const listed = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The calls that a request holds, and what they were answered by, as every strict server compares them. */
const idsIn: Record<WireName, (body: Fields) => { called: unknown[]; answered: unknown[] }> = {
  chat: ({ messages }) => ({
    called: listed(messages).flatMap(({ tool_calls }) => listed(tool_calls).map(({ id }) => id)),
    answered: listed(messages).flatMap(({ role, tool_call_id }) => (role === 'tool' ? [tool_call_id] : [])),
  }),
  responses: ({ input }) => ({
    called: listed(input).flatMap(({ type, call_id }) => (type === 'function_call' ? [call_id] : [])),
    answered: listed(input).flatMap(({ type, call_id }) =>
      type === 'function_call_output' ? [call_id] : [],
    ),
  }),
  messages: ({ messages }) => {
    const blocks = listed(messages).flatMap(({ content }) => listed(content))
    return {
      called: blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : [])),
      answered: blocks.flatMap(({ type, tool_use_id }) => (type === 'tool_result' ? [tool_use_id] : [])),
    }
  },
}

const refusal: Said = { status: 400, body: { error: { message: 'a call must be followed by its result' } } }

function isMatched(wire: WireName, { body }: Request): boolean {
  const { called, answered } = idsIn[wire](body)
  const isId = (id: unknown) => typeof id === 'string' && /^[\w:.-]+$/.test(id)
  return (
    called.length > 0 &&
    called.every(isId) &&
    new Set(called).size === called.length &&
    JSON.stringify(called) === JSON.stringify(answered)
  )
}

/** Begins with this reply, and answers only where every call has an id of its own and its result. */
export const begins = (wire: WireName, server: string, first: Said): Row => ({
  wire,
  server,
  answers: request => {
    if (request.turn === 1) return first
    return isMatched(wire, request) ? request.usual : refusal
  },
})

export const whole = (body: unknown): Said => ({ body })
export const streamed = (row: Row): Row => ({ ...row, streamed: true })

/** A reply, and the same as the events of a stream. */
export const bothWays = (wire: WireName, server: string, reply: Fields): Row[] => [
  begins(wire, server, whole(reply)),
  streamed(begins(wire, server, sent(wire, reply, true))),
]

/** Every reply is this one. */
export const always = (wire: WireName, server: string, said: Said): Row => ({
  wire,
  server,
  answers: () => said,
})
