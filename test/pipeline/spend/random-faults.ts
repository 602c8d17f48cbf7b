import type { Said } from '../../servers/loopback.ts'
import { sse } from '../../teachers/wire-server.ts'

/** Between 0 and 1, the same ones for each seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const pick = <T>(random: () => number, from: readonly [T, ...T[]]): T =>
  from[Math.floor(random() * from.length)] ?? from[0]

interface Use {
  input: number
  output: number
}

/** A good answer of each wire. */
const wires = {
  chat: ({ input, output }: Use, stream: boolean): Said => {
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
    const choice = { index: 0, finish_reason: 'stop', logprobs: null }
    const said = { role: 'assistant', content: 'It is 8 wide, <answer>8</answer>' }
    const one = { id: 'c', created: 0, model: 'm' }
    if (!stream)
      return { body: { ...one, object: 'chat.completion', choices: [{ ...choice, message: said }], usage } }
    const chunk = { ...one, object: 'chat.completion.chunk' }
    const chunks = [
      { ...chunk, choices: [{ ...choice, delta: said, finish_reason: null }] },
      { ...chunk, choices: [{ ...choice, delta: {} }] },
      { ...chunk, choices: [], usage },
    ]
    return streamed(chunks, 'data: [DONE]\n\n')
  },
  responses: ({ input, output }: Use): Said => {
    const content = [{ type: 'output_text', text: 'It is 8 wide, <answer>8</answer>', annotations: [] }]
    const item = { type: 'message', id: 'i', role: 'assistant', status: 'completed', content }
    const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output }
    return {
      body: { id: 'r', object: 'response', status: 'completed', model: 'm', output: [item], usage },
    }
  },
  messages: ({ input, output }: Use, stream: boolean, stop_reason = 'end_turn'): Said => {
    const text = { type: 'text', text: 'It is 8 wide, <answer>8</answer>', citations: null }
    const usage = { input_tokens: input, output_tokens: output }
    const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', stop_sequence: null }
    if (!stream) return { body: { ...message, content: [text], stop_reason, usage } }
    const events = [
      {
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: text },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
      { type: 'message_stop' },
    ]
    return streamed(events)
  },
}
export type WireName = keyof typeof wires

function streamed(events: readonly object[], end = ''): Said {
  const { body, type = '' } = sse(events, end)
  return { headers: { 'content-type': type }, body }
}

interface Answering {
  wire: WireName
  stream: boolean
  random: () => number
}

/** What a server does in place of a good answer, and whether it made the reply before: then it charges for it. */
const faults: [name: string, charges: boolean, (good: Said, random: () => number) => Said][] = [
  ['breaks within the body', true, (good, random) => ({ ...cut(good, random), after: 'cut' })],
  ['ends within the body', true, cut],
  ['breaks before the body', true, good => ({ ...good, pieces: [], after: 'cut' })],
  ['sends nothing', true, good => ({ ...good, body: '' })],
  ['sends a page', true, () => ({ headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' })],
  ['sends another shape', true, () => ({ body: { choices: 7, content: {}, output: 'none' } })],
  [
    'sends an error with a good status',
    true,
    () => ({ body: { error: { message: 'upstream', code: 502 } } }),
  ],
  ['lets the gateway give up', true, () => ({ status: 504, body: '<html>timeout</html>' })],
  ['lets the gateway fail', true, () => ({ status: 502, body: { error: { message: 'bad gateway' } } })],
  ['leaves out what was used', true, uncounted],
  ['leaves out what was used in the end', true, halfCounted],
  ['is busy', false, () => ({ status: 429, body: { error: { message: 'slow down' } } })],
  ['is overloaded', false, () => ({ status: 503, body: { error: { message: 'overloaded' } } })],
  ['fails', false, () => ({ status: 500, body: { error: { message: 'internal' } } })],
  ['refuses', false, () => ({ status: 400, body: { error: { message: 'bad request' } } })],
]

const textOf = ({ body }: Said) => (typeof body === 'string' ? body : JSON.stringify(body))

function cut(good: Said, random: () => number): Said {
  const text = textOf(good)
  return { ...good, body: text.slice(0, Math.floor(text.length * random())) }
}

function uncounted(good: Said): Said {
  return { ...good, body: textOf(good).replace(/"usage":\{[^}]*\}/g, '"usage":null') }
}

/** What the input cost is still said at the beginning of some streams. */
function halfCounted(good: Said): Said {
  return { ...good, body: textOf(good).replace(/"usage":\{[^{}]*\}(?!.*"usage")/s, '"usage":null') }
}

/** The next answer, by its name, and what it is charged with. */
export function answerOf(
  { wire, stream, random }: Answering,
  badness: number,
): [string, Use | undefined, Said] {
  const use = { input: 1 + Math.floor(random() * 16_000), output: 1 + Math.floor(random() * 50) }
  if (wire === 'messages' && random() < 0.2) return ['pauses', use, wires.messages(use, stream, 'pause_turn')]
  const good = wires[wire](use, stream)
  if (random() >= badness) return ['answers', use, good]
  const [name, charges, make] = faults[Math.floor(random() * faults.length)] ?? ['answers', true, () => good]
  return [name, charges ? use : undefined, make(good, random)]
}
