import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Request } from '../behaviour.ts'
import type { Said } from '../loopback.ts'
import { begins, type Row, rowsOf, solved, streamed } from '../replying.ts'
import { chatCall, sum, type WireName, wires } from '../wires.ts'

// What stands in streams, and how they end.

type Fields = Record<string, unknown>
const names: WireName[] = ['chat', 'responses', 'messages']
const type = { 'content-type': 'text/event-stream' }
const data = (event: unknown) => `data: ${JSON.stringify(event)}\n\n`
const listed = (value: unknown): Fields[] => (Array.isArray(value) ? (value as Fields[]) : [])

/** The pieces of the first reply, as they would come. */
const first = (wire: WireName): string[] => {
  const { calls, events, end } = wires[wire]
  return [...events(calls()).map(data), ...(end === '' ? [] : [end])]
}
const sends = (wire: WireName, server: string, said: Said): Row =>
  streamed(begins(wire, server, { headers: type, ...said }))
const pieces = (wire: WireName, server: string, change: (pieces: string[]) => string[]) =>
  sends(wire, server, { pieces: change(first(wire)) })
const between = (more: string) => (all: string[]) => all.flatMap(piece => [more, piece])
const onEach = (server: string, change: (pieces: string[]) => string[]) =>
  names.map(wire => pieces(wire, server, change))

/** Streams of all wires are read by one reader: each of these is tried with another. */
const inTurn = (changes: Record<string, (pieces: string[]) => string[]>) =>
  Object.entries(changes).map(([server, change], index) =>
    pieces(names[index % names.length] ?? 'chat', server, change),
  )

/** The events of the first reply, changed. */
const changed = (wire: WireName, server: string, change: (events: Fields[]) => unknown[]) =>
  sends(wire, server, {
    pieces: [...change(wires[wire].events(wires[wire].calls())).map(data), wires[wire].end],
  })

const bytes = (wire: WireName) => Buffer.from(`: größer\n\n${first(wire).join('')}`)
const oneByOne = (all: Uint8Array) => Array.from(all, byte => new Uint8Array([byte]))

/** Fails in this way before the first good reply. */
const failing = (wire: WireName, server: string, said: Said): Row =>
  streamed({
    wire,
    server,
    answers: ({ number, usual }: Request) => (number === 1 ? { headers: type, ...said } : usual),
  })
const cut = (wire: WireName, server: string, from: number, after?: Said['after']) =>
  failing(wire, server, { pieces: first(wire).slice(0, from), ...(after && { after }) })
const errors: [string, unknown][] = [
  ['in OpenAI’s form', { error: { message: 'overloaded', code: 'server_error' } }],
  ['in vLLM’s form', { object: 'error', message: 'overloaded', type: 'InternalServerError', code: 500 }],
  [
    'in OpenRouter’s form',
    {
      error: { code: 502, message: 'bad gateway' },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    },
  ],
  ['in Anthropic’s form', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
]

const call = (changes: Fields) => ({
  index: 0,
  delta: { tool_calls: [{ ...chatCall(), index: 0, ...changes }] },
})
const chunk = (...choices: unknown[]) => ({ object: 'chat.completion.chunk', model: 'm-1', choices })
const finish = chunk({ index: 0, delta: {}, finish_reason: 'tool_calls' })
const chunks = (server: string, ...events: unknown[]) =>
  sends('chat', server, { pieces: [...events, finish].map(data).concat('data: [DONE]\n\n') })
const piece = (index: unknown, id: unknown, name: unknown, text: string) =>
  chunk({
    index: 0,
    delta: { tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] },
  })
const json = JSON.stringify(sum)

export const rows = [
  ...rowsOf('what keeps a stream alive is passed over', solved, [
    ...onEach('comments', between(': OPENROUTER PROCESSING\n\n')),
    ...onEach('pings with an object', between('event: ping\ndata: {"type":"ping"}\n\n')),
    ...inTurn({
      'pings without data': between('event: ping\n\n'),
      'pings with empty data': between('event: ping\ndata:\n\n'),
      'words that are no JSON': between('data: still working\n\n'),
      'retry frames': between('retry: 3000\n\n'),
      'blank lines and a byte order mark': all => ['\ufeff\n\n\n', ...all],
    }),
  ]),
  ...rowsOf('pieces are cut anywhere', solved, [
    ...names.map(wire => sends(wire, 'byte by byte', { pieces: oneByOne(bytes(wire)) })),
    ...inTurn({
      'records that no blank line parts': all => all.map(text => text.replaceAll('\n\n', '\n')),
      'lines that end by CR and LF': all => all.map(text => text.replaceAll('\n', '\r\n')),
      'no blank after the colon': all => all.map(text => text.replaceAll('data: ', 'data:')),
    }),
    ...onEach('no blank line behind the last record', all => [all.join('').trimEnd()]),
  ]),
  ...rowsOf('a stream may be compressed', solved, [
    ...names.map(wire =>
      sends(wire, 'gzip', {
        headers: { ...type, 'content-encoding': 'gzip' },
        pieces: [gzipSync(bytes(wire))],
      }),
    ),
    ...names.map(wire =>
      sends(wire, 'br', {
        headers: { ...type, 'content-encoding': 'br' },
        pieces: [brotliCompressSync(bytes(wire))],
      }),
    ),
  ]),
  ...rowsOf('one comes in place of the other', solved, [
    ...names.map(wire => streamed(begins(wire, 'JSON in place of a stream', { body: wires[wire].calls() }))),
    ...names.map(wire =>
      streamed(begins(wire, 'JSON that is called a stream', { headers: type, body: wires[wire].calls() })),
    ),
    ...names.map(wire => begins(wire, 'a stream in place of JSON', { headers: type, pieces: first(wire) })),
    ...names.map(wire => begins(wire, 'a stream that is called JSON', { pieces: first(wire) })),
    begins('chat', 'a line of JSON for each piece', {
      pieces: wires.chat.events(wires.chat.calls()).map(event => `${JSON.stringify(event)}\n`),
    }),
  ]),
  ...rowsOf('chunks lack what they are said to have', solved, [
    changed('chat', 'a choice without a delta', events => [
      { ...events[0], choices: [{ index: 0, content_filter_results: {}, finish_reason: null }] },
      ...events,
    ]),
    changed('chat', 'a delta that is null', events => [
      { ...events[0], choices: [{ index: 0, delta: null }] },
      ...events,
    ]),
    changed('chat', 'choices that are null, empty or none', events => [
      { choices: null },
      { choices: [] },
      {},
      ...events,
    ]),
    changed('chat', 'chunks that are null or a list', events => [null, [], ...events]),
    changed('chat', 'null fields everywhere', events =>
      events.map(event => ({ ...event, usage: event.usage ?? null, error: null, service_tier: null })),
    ),
    changed('chat', 'no usage', events => events.slice(0, -1)),
    changed('chat', 'the whole message at the end once more', events =>
      events.map((event, index) =>
        index === events.length - 2 ? { ...event, choices: listed(wires.chat.calls().choices) } : event,
      ),
    ),
    changed('responses', 'items, and a completed response without them', events =>
      events.map(event =>
        'response' in event ? { ...event, response: { ...(event.response as Fields), output: [] } } : event,
      ),
    ),
    changed('responses', 'items, and a completed event without a response', events =>
      events.map(event => (event.type === 'response.completed' ? { type: event.type } : event)),
    ),
    changed('responses', 'events that nobody knows', events =>
      events.flatMap(event => [{ type: 'response.odd', delta: {} }, event]),
    ),
    changed('messages', 'no usage at the end', events =>
      events.map(event => (event.type === 'message_delta' ? { ...event, usage: undefined } : event)),
    ),
    changed('messages', 'no usage at the beginning', events =>
      events.map(event =>
        event.type === 'message_start'
          ? { ...event, message: { ...(event.message as Fields), usage: null } }
          : event,
      ),
    ),
    changed('messages', 'no beginning of the message', events => events.slice(1)),
    changed('messages', 'no message_stop', events => events.slice(0, -1)),
    changed('messages', 'no ends of blocks', events =>
      events.filter(event => event.type !== 'content_block_stop'),
    ),
    changed('messages', 'blocks and deltas that are null', events => [
      events[0],
      { type: 'content_block_delta', index: 7, delta: null },
      { type: 'message_delta', delta: null, usage: null },
      ...events.slice(1),
    ]),
  ]),
  ...rowsOf('calls that a server numbers oddly stay apart', solved, [
    chunks('no ids, all of one number', piece(0, '', 'calculator', json), piece(0, '', 'calculator', json)),
    chunks(
      'ids that are null, all of one number',
      piece(0, null, 'calculator', json),
      piece(0, null, 'crop', '{}'),
    ),
    chunks(
      'no ids and no numbers',
      piece(undefined, undefined, 'calculator', json),
      piece(undefined, undefined, 'calculator', json),
    ),
    chunks('ids, all of one number', piece(0, 'a', 'calculator', json), piece(0, 'b', 'calculator', json)),
    chunks(
      'the arguments in pieces, the id at the first only',
      piece(0, 'a', 'calculator', json.slice(0, 5)),
      piece(0, '', '', json.slice(5)),
    ),
    chunks(
      'calls as an object',
      chunk({ index: 0, delta: { tool_calls: { 0: { ...chatCall(), index: 0 } } } }),
    ),
    chunks('arguments as an object', chunk(call({ function: { name: 'calculator', arguments: sum } }))),
  ]),
  ...rowsOf('a stream that ends without an end is asked for again', { ...solved, calls: 3 }, [
    ...names.map(wire => cut(wire, 'closed before the end', 2)),
    ...names.map(wire => cut(wire, 'broken off before the end', 2, 'cut')),
    failing('chat', 'nothing', { pieces: [] }),
    failing('chat', 'comments alone', { pieces: [': OPENROUTER PROCESSING\n\n'] }),
    failing('chat', 'the last mark alone', { pieces: ['data: [DONE]\n\n'] }),
    failing('chat', 'a record that was cut', {
      pieces: [...first('chat').slice(0, 1), 'data: {"choices":[{"del\n\n', ...first('chat').slice(1)],
    }),
    failing('responses', 'only that it was begun', { pieces: first('responses').slice(0, 1) }),
  ]),
  ...rowsOf('a stream that breaks behind its end is whole', solved, [
    ...(['chat', 'messages'] as const).map(wire =>
      sends(wire, 'broken off behind the reason of the end', {
        pieces: first(wire).slice(0, -1),
        after: 'cut',
      }),
    ),
    sends('chat', 'left open behind the last mark', { pieces: first('chat'), after: 'hang' }),
    sends('responses', 'left open behind the last event', { pieces: first('responses'), after: 'hang' }),
    sends('messages', 'left open behind the last event', { pieces: first('messages'), after: 'hang' }),
  ]),
  ...rowsOf('an error in a stream is asked for again', { ...solved, calls: 3 }, [
    ...errors.flatMap(([server, error]) => [
      failing('chat', server, { pieces: [...first('chat').slice(0, 1), data(error)] }),
      failing('chat', `${server}, first of all`, { pieces: [data(error)] }),
    ]),
    failing('responses', 'as an event', {
      pieces: [
        ...first('responses').slice(0, 1),
        data({ type: 'error', code: 'server_error', message: 'sorry' }),
      ],
    }),
    failing('responses', 'as a response that failed', {
      pieces: [
        data({
          type: 'response.failed',
          response: { status: 'failed', error: { code: 'server_error', message: 'sorry' } },
        }),
      ],
    }),
    failing('messages', 'as an event', {
      pieces: [
        ...first('messages').slice(0, 1),
        `event: error\n${data({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}`,
      ],
    }),
    failing('messages', 'as a text', { pieces: ['event: error\ndata: overloaded\n\n'] }),
  ]),
]
