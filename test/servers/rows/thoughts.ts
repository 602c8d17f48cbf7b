import { always, ended, type Row, rowsOf, solved, streamed, whole } from '../replying.ts'
import { chatCall, completion, response, responseCall, responseText, sent } from '../wires.ts'

// Thoughts that a server leaves in the text, in the marks of several families.

const secret = 'It may be 9: <answer>9</answer>'
const says = 'Both halves together are the width.\n<answer>8</answer>'
// The system prompt of one target has tags of its own; only what the model said is looked at.
const untold = {
  trained: /Both halves together/,
  untrained: /It may be 9|< ?\/?think>[^<]*It|◁|\[THINK|<\|channel/,
}

const families: [string, string][] = [
  ['closed', `<think>${secret}</think>\n\n${says}`],
  ['begun by the template', `${secret}</think>\n${says}`],
  ['empty', `<think>\n\n</think>\n\n${says}`],
  ['behind words', `I see.\n<think>${secret}</think>${says}`],
  ['of Mistral', `[THINK]${secret}[/THINK]${says}`],
  ['of Kimi', `◁think▷${secret}◁/think▷${says}`],
  [
    'of gpt-oss',
    `<|channel|>analysis<|message|>${secret}<|end|><|start|>assistant<|channel|>final<|message|>${says}`,
  ],
  ['of prompts for reasoning', `<reasoning>${secret}</reasoning>${says}`],
]
const chat = (content: string) => completion({ content }, 'stop')
const rowsFor = (name: string, text: string): Row[] => [
  { ...always('chat', name, whole(chat(text))), ...untold },
  { ...always('responses', name, whole(response([responseText(text)]))), ...untold },
]

const unclosed = `<think>so ${secret} maybe, let me check once more`

export const rows = [
  ...rowsOf('thoughts in the text are reasoning', { ...solved, calls: 1 }, [
    ...families.flatMap(([name, text]) => rowsFor(name, text)),
    ...families.slice(0, 2).map(([name, text]) => ({
      ...streamed(always('chat', name, sent('chat', chat(text), true))),
      ...untold,
    })),
  ]),
  ...rowsOf('an answer in a thought is none', ended('empty'), [
    always('chat', 'never closed', whole(chat(unclosed))),
    always('chat', 'closed, and nothing behind it', whole(chat(`${unclosed}</think>`))),
    streamed(always('chat', 'never closed', sent('chat', chat(unclosed), true))),
    always('responses', 'never closed', whole(response([responseText(unclosed)]))),
  ]),
  ...rowsOf('thoughts before a call', solved, [
    {
      wire: 'chat',
      server: 'closed',
      answers: ({ turn, usual }) =>
        turn === 1
          ? whole(
              completion(
                { content: `<think>${secret}</think>I add.`, tool_calls: [chatCall()] },
                'tool_calls',
              ),
            )
          : usual,
      trained: /I add\./,
      untrained: /It may be 9/,
    },
    {
      wire: 'responses',
      server: 'begun by the template',
      answers: ({ turn, usual }) =>
        turn === 1 ? whole(response([responseText(`${secret}</think>I add.`), responseCall()])) : usual,
      trained: /I add\./,
      untrained: /It may be 9/,
    },
  ]),
]
