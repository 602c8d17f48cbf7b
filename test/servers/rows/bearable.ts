import type { Behaviour } from '../behaviour.ts'
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
  sum,
  type WireName,
} from '../wires.ts'

type Fields = Record<string, unknown>
type Reply = Pick<Behaviour, 'wire' | 'server' | 'answers'> & Partial<Behaviour>

/** Another first reply than the usual one, and then the answer. */
const begins = (wire: WireName, server: string, reply: Fields, streamed = false): Reply => ({
  wire,
  server,
  streamed,
  answers: ({ turn, usual }) => (turn === 1 ? sent(wire, reply, streamed) : usual),
})

/** Every reply of a conversation is this one. */
const always = (wire: WireName, server: string, reply: Fields): Reply => ({
  wire,
  server,
  answers: () => ({ body: reply }),
})

const looks = 'I add the two halves first.'
const chat = (call: Fields, finish: unknown = 'tool_calls') =>
  completion({ content: looks, tool_calls: [call] }, finish)
const args = (value: unknown) => chatCall({ function: { name: 'calculator', arguments: value } })
const named = (name: string) => chatCall({ function: { name, arguments: JSON.stringify(sum) } })

const solved = { ends: ['answered 8'], calls: 2, exit: 0 }
const all = (kind: string, rows: Reply[]): Behaviour[] => rows.map(row => ({ ...solved, kind, ...row }))

export const rows: Behaviour[] = [
  ...all('arguments come in another form', [
    begins('chat', 'as an object', chat(args(sum))),
    begins('chat', 'as an object', chat(args(sum)), true),
    begins('responses', 'as an object', response([responseText(looks), responseCall({ arguments: sum })])),
    begins(
      'messages',
      'as a text',
      message([messageText(looks), messageCall({ input: JSON.stringify(sum) })], 'tool_use'),
    ),
  ]),
  ...all('arguments that are none are told to the model', [
    begins('chat', 'null', chat(args(null))),
    begins('chat', 'JSON in JSON', chat(args(JSON.stringify(JSON.stringify(sum))))),
    begins('chat', 'in a code fence', chat(args(`\`\`\`json\n${JSON.stringify(sum)}\n\`\`\``))),
    begins('chat', 'cut off', chat(args('{"expression": "4+'))),
    begins('messages', 'cut off', message([messageCall({ input: '{"expression": "4+' })], 'tool_use')),
  ]),
  ...all('a name that no tool has is told to the model', [
    begins(
      'chat',
      'functions.calculator<|channel|>',
      chat(named('functions.calculator<|channel|>commentary')),
    ),
    begins('responses', 'no tool’s name', response([responseCall({ name: 'calc' })])),
    begins('messages', 'no tool’s name', message([messageCall({ name: 'calc' })], 'tool_use')),
  ]),
  ...all('calls with another end than theirs are calls', [
    begins('chat', 'stop', chat(chatCall(), 'stop')),
    begins('chat', 'function_call', chat(chatCall(), 'function_call')),
    begins('messages', 'end_turn', message([messageText(looks), messageCall()], 'end_turn')),
  ]),
  ...all('fields of a call that are not needed', [
    begins('chat', 'no type', chat({ id: 'call_a', function: chatCall().function })),
    begins('chat', 'an index', chat({ ...chatCall(), index: 0 })),
    begins(
      'responses',
      'no status and no id',
      response([{ ...responseCall(), id: undefined, status: undefined }]),
    ),
  ]),
  ...all('content that is no text', [
    begins('chat', 'null', completion({ content: null, tool_calls: [chatCall()] }, 'tool_calls')),
    begins('chat', 'absent', completion({ tool_calls: [chatCall()] }, 'tool_calls')),
    begins(
      'chat',
      'a list of parts',
      completion({ content: [{ type: 'text', text: looks }], tool_calls: [chatCall()] }, 'tool_calls'),
    ),
  ]),
  ...all('a reply that was cut is no answer, whatever stands in it', [
    {
      ...always('chat', 'length beside a call', chat(chatCall(), 'length')),
      ends: ['stopped by length'],
      calls: 1,
      exit: 6,
    },
    {
      ...always('chat', 'length after an answer', completion({ content: '<answer>8</answer> is' }, 'length')),
      ends: ['stopped by length'],
      calls: 1,
      exit: 6,
    },
    {
      ...always(
        'responses',
        'incomplete',
        response([responseText('<answer>8</answer>')], {
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
        }),
      ),
      ends: ['stopped by length'],
      calls: 1,
      exit: 6,
    },
    {
      ...always('messages', 'max_tokens', message([messageText('<answer>8</answer>')], 'max_tokens')),
      ends: ['stopped by length'],
      calls: 1,
      exit: 6,
    },
  ]),
  ...all('a refusal is the model’s', [
    {
      ...always('chat', 'in its own field', completion({ content: null, refusal: 'No.' }, 'stop')),
      ends: ['stopped by refusal'],
      calls: 1,
      exit: 6,
    },
    {
      ...always(
        'responses',
        'as a part',
        response([{ ...responseText(''), content: [{ type: 'refusal', refusal: 'No.' }] }]),
      ),
      ends: ['stopped by refusal'],
      calls: 1,
      exit: 6,
    },
    {
      ...always('messages', 'as an end', message([], 'refusal')),
      ends: ['stopped by refusal'],
      calls: 1,
      exit: 6,
    },
  ]),
  ...all('a model that never answers uses up its turns', [
    {
      ...always('chat', 'the same call for ever', chat(chatCall())),
      ends: ['stopped by turns'],
      calls: 4,
      exit: 6,
    },
    {
      ...always('messages', 'the same call for ever', message([messageCall()], 'tool_use')),
      ends: ['stopped by turns'],
      calls: 4,
      exit: 6,
    },
  ]),
  ...all('a reply without an answer', [
    {
      ...always('chat', 'words only', completion({ content: 'It is eight.' }, 'stop')),
      ends: ['stopped by no_answer'],
      calls: 1,
      exit: 6,
    },
    {
      ...always('chat', 'nothing', completion({ content: '' }, 'stop')),
      ends: ['stopped by empty'],
      calls: 1,
      exit: 6,
    },
    {
      ...always('messages', 'nothing', message([], 'end_turn')),
      ends: ['stopped by empty'],
      calls: 1,
      exit: 6,
    },
  ]),
]
