import type { Said } from '../loopback.ts'
import { always, begins, bothWays, ended, type Row, rowsOf, solved, streamed, whole } from '../replying.ts'
import {
  chatCall,
  completion,
  message,
  messageCall,
  messageText,
  response,
  responseCall,
  responseText,
  sent,
  type WireName,
} from '../wires.ts'

// Fields of other shapes than the documented ones.

type Fields = Record<string, unknown>
const looks = 'I add the two halves first.'
const chat = (...tool_calls: unknown[]) => completion({ content: looks, tool_calls }, 'tool_calls')
const responses = (...calls: Fields[]) => response([responseText(looks), ...calls])
const messages = (...calls: Fields[]) => message([messageText(looks), ...calls], 'tool_use')
const says = 'Both halves together are the width.\n<answer>8</answer>'
const inTurn = (changes: Fields, call = { ...chatCall(), ...changes }) =>
  completion({ content: looks, tool_calls: [call] }, 'tool_calls')

/** So only before the first good reply. */
const once = (wire: WireName, server: string, said: Said): Row => ({
  wire,
  server,
  answers: ({ number, usual }) => (number === 1 ? said : usual),
})

const noId: [string, unknown][] = [
  ['no id', undefined],
  ['null', null],
  ['0', 0],
  ['an empty text', ''],
  ['blank', ' '],
  ['an object', {}],
]
const named = (name: unknown) => ({ name, arguments: '{}' })

export const rows = [
  ...rowsOf('a call without an id that is a text gets one', solved, [
    ...noId.flatMap(([what, id]) => [
      begins('chat', what, whole(inTurn({ id }))),
      begins('responses', what, whole(responses(responseCall({ call_id: id })))),
      begins('messages', what, whole(messages(messageCall({ id })))),
    ]),
    streamed(begins('chat', 'null', sent('chat', inTurn({ id: null }), true))),
    streamed(begins('responses', '0', sent('responses', responses(responseCall({ call_id: 0 })), true))),
    streamed(begins('messages', 'no id', sent('messages', messages(messageCall({ id: undefined })), true))),
  ]),
  ...rowsOf('calls that share an id get ids of their own', solved, [
    ...bothWays('responses', 'twice the same', responses(responseCall(), responseCall())),
    ...bothWays('messages', 'twice the same', messages(messageCall(), messageCall())),
    begins('chat', 'twice the same', whole(chat(chatCall(), chatCall()))),
    ...bothWays('chat', 'twice an empty text', chat(chatCall({ id: '' }), chatCall({ id: '' }))),
  ]),
  ...rowsOf('a call without a name is told to the model', solved, [
    ...[undefined, null, 7, ''].map(name =>
      begins('chat', `the name ${JSON.stringify(name)}`, whole(inTurn({ function: named(name) }))),
    ),
    begins('responses', 'no name', whole(responses(responseCall({ name: null })))),
    begins('messages', 'no name', whole(messages(messageCall({ name: undefined })))),
    begins('chat', 'no function', whole(inTurn({ function: null }))),
  ]),
  ...rowsOf('calls stand where and how they should not', solved, [
    begins(
      'chat',
      'an object with numbers for names',
      whole(completion({ tool_calls: { 0: chatCall() } }, 'tool_calls')),
    ),
    begins(
      'chat',
      'one call in place of a list',
      whole(completion({ tool_calls: chatCall() }, 'tool_calls')),
    ),
    begins('chat', 'a list with null in it', whole(chat(null, chatCall(), 'text'))),
    begins(
      'chat',
      'no function around name and arguments',
      whole(chat({ id: 'a', ...(chatCall().function as Fields) })),
    ),
    begins(
      'chat',
      'the older function_call',
      whole(completion({ content: looks, function_call: chatCall().function }, 'function_call')),
    ),
    begins('messages', 'null among the blocks', whole(message([null as never, messageCall()], 'tool_use'))),
    begins('responses', 'null among the items', whole(response([null as never, responseCall()]))),
  ]),
  ...rowsOf('usage that nobody can have counted does no harm', solved, [
    ...[
      undefined,
      null,
      'text',
      [],
      { prompt_tokens: -1, completion_tokens: 12.5 },
      { prompt_tokens: '10', completion_tokens: 1e300 },
    ].map(usage =>
      begins('chat', JSON.stringify(usage) ?? 'no usage', whole({ ...chat(chatCall()), usage })),
    ),
    begins(
      'responses',
      'negative',
      whole({ ...responses(responseCall()), usage: { input_tokens: -5, output_tokens: null } }),
    ),
    begins('messages', 'null', whole({ ...messages(messageCall()), usage: null })),
    begins(
      'messages',
      'a text',
      whole({ ...messages(messageCall()), usage: { input_tokens: 'many', output_tokens: 0.5 } }),
    ),
  ]),
  ...rowsOf('content of another shape is read', { ...solved, calls: 1 }, [
    always(
      'chat',
      'an object with a text',
      whole(completion({ content: { type: 'text', text: says } }, 'stop')),
    ),
    always('chat', 'a list of texts', whole(completion({ content: [says] }, 'stop'))),
    always(
      'chat',
      'thoughts among the parts',
      whole(
        completion(
          {
            content: [
              { type: 'thinking', thinking: [{ type: 'text', text: '<answer>9</answer>' }] },
              { type: 'text', text: says },
            ],
          },
          'stop',
        ),
      ),
    ),
    always('chat', 'another role', whole(completion({ role: 'model', content: says }, 'stop'))),
    always('messages', 'a text in place of blocks', whole(message(says as never, 'end_turn'))),
    always('messages', 'no type', whole({ ...message([messageText(says)], 'end_turn'), type: undefined })),
    always('responses', 'content as a text', whole(response([{ ...responseText(''), content: says }]))),
    always('responses', 'one item in place of a list', whole(response(responseText(says) as never))),
  ]),
  ...rowsOf('text that is not well-formed is made so', { ...solved, calls: 1 }, [
    {
      ...always('chat', 'a lone surrogate', whole(completion({ content: `\ud800 ${says}` }, 'stop'))),
      trained: /\ufffd/,
      untrained: /\\ud800/,
    },
    {
      ...always('chat', 'NUL', whole(completion({ content: `\0 ${says}` }, 'stop'))),
      trained: /\ufffd/,
      untrained: /\\u0000 Both/,
    },
    {
      ...always('responses', 'NUL', whole(response([responseText(`\0 ${says}`)]))),
      untrained: /\\u0000 Both/,
    },
    {
      ...always('messages', 'a lone surrogate', whole(message([messageText(`\udfff ${says}`)], 'end_turn'))),
      untrained: /\\udfff/,
    },
  ]),
  ...rowsOf('names that mean something to JavaScript are no fields', solved, [
    begins('chat', '__proto__ in a message', {
      body: JSON.stringify(chat(chatCall())).replace(
        '"content"',
        '"__proto__":{"role":"x"},"constructor":null,"content"',
      ),
    }),
    begins('messages', '__proto__ in a block', {
      body: JSON.stringify(messages(messageCall())).replace('"input"', '"__proto__":{"id":"x"},"input"'),
    }),
  ]),
  ...rowsOf('a body in another charset is read as it says', { ...solved, calls: 1 }, [
    {
      ...always('chat', 'ISO 8859-1', {
        headers: { 'content-type': 'application/json; charset=iso-8859-1' },
        pieces: [Buffer.from(JSON.stringify(completion({ content: `Größe. ${says}` }, 'stop')), 'latin1')],
      }),
      trained: /Größe/,
    },
    {
      ...always('chat', 'UTF-16', {
        headers: { 'content-type': 'application/json; charset=utf-16le' },
        pieces: [Buffer.from(JSON.stringify(completion({ content: `Größe. ${says}` }, 'stop')), 'utf16le')],
      }),
      trained: /Größe/,
    },
    {
      ...always('messages', 'a byte order mark', {
        pieces: [`\ufeff${JSON.stringify(message([messageText(says)], 'end_turn'))}`],
      }),
    },
    {
      ...always('chat', 'a charset that nobody knows', {
        headers: { 'content-type': 'application/json; charset=x-own' },
        body: completion({ content: says }, 'stop'),
      }),
    },
  ]),
  ...rowsOf('what is no reply at all is asked for again', { ...solved, calls: 3 }, [
    once('chat', 'nothing', { pieces: [] }),
    once('chat', 'null', { body: null }),
    once('chat', 'no choices', { body: { ...chat(), choices: [] } }),
    once('chat', 'choices that are null', { body: { ...chat(), choices: null } }),
    once('chat', 'half of the JSON', { pieces: ['{"choices": [{"mess'] }),
    once('chat', 'a list', { body: [] }),
    once('responses', 'a page', {
      headers: { 'content-type': 'text/html' },
      body: '<html><title>502</title></html>',
    }),
    once('responses', 'output that is null', { body: { ...response([]), output: null } }),
    once('responses', 'a response that is only queued', { body: response([], { status: 'queued' }) }),
    once('messages', 'an empty object', { body: {} }),
    once('messages', 'words', { headers: { 'content-type': 'text/plain' }, body: 'upstream is busy' }),
  ]),
  ...rowsOf('a reply that came whole and cannot be read is kept, and not bought again', ended('broken'), [
    always(
      'chat',
      'a choice without a message',
      whole({ ...completion({}, 'stop'), choices: [{ finish_reason: 'stop' }] }),
    ),
    always('chat', 'content that holds no words', whole(completion({ content: { odd: 1 } }, 'stop'))),
    always('chat', 'content that is true', whole(completion({ content: true }, 'stop'))),
    always('responses', 'output that is a text', whole({ ...response([]), output: 'It is 8.' })),
    always(
      'responses',
      'a status that nobody knows',
      whole(response([responseText(says)], { status: 'odd' })),
    ),
    always('messages', 'content that is a number', whole(message(8 as never, 'end_turn'))),
    always('messages', 'content that is null', whole(message(null as never, 'end_turn'))),
  ]),
]
