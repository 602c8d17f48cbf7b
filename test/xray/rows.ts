import type { JsonObject } from '../../schemas/json.ts'

const code = 'for name in [\'a\', "b"]:\n    print(f"{name}\\n\\u00e9 <b>")\nimage_1.crop((1, 2, 3, 4))'
const thoughts = [
  'The label is small, so I crop the picture.',
  'It reads “Sofia”, and I look up the name.',
  'The factbook confirms what the picture shows.',
]
const results = [
  'stdout:\nlabel: Sofia 4 2.5\n',
  'Found 1 result: the capital of a country in the south-east.',
]
export const system = 'You solve questions about pictures with tools.'
export const question = 'Which city does the label in the picture name?'

const tool = (name: string, description: string) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties: {} } },
})
export const tools = [
  tool('python', 'Run Python code in a session that lasts.'),
  tool('text_search', 'Search a collection of texts for words.'),
]

const calls = [
  { name: 'python', arguments: { code } },
  { name: 'text_search', arguments: { query: 'Sofia capital', limit: 1 } },
]

const pictures = [{ path: 'a.png' }, { path: 'b.png' }, { path: 'c.png' }]

/** The same lesson in the columns of each target: two calls, three pictures, one of them the question's. */
export const inHf: JsonObject = {
  id: 'labels/0001',
  key: 'k1',
  tools: JSON.stringify(tools),
  images: pictures,
  trajectory: [
    { role: 'system', content: 'What the teacher was told.', train: false },
    { role: 'user', content: `<image>\n${question}`, train: false },
    ...calls.flatMap((call, index) => [
      {
        role: 'assistant',
        content: thoughts[index] ?? '',
        tool_calls: JSON.stringify([
          {
            id: `c${index}`,
            type: 'function',
            function: { name: call.name, arguments: JSON.stringify(call.arguments) },
          },
        ]),
        train: true,
      },
      { role: 'tool', content: `${results[index]}\n<image>`, train: false },
    ]),
    { role: 'assistant', content: `${thoughts[2]}\n<answer>4</answer>`, tool_calls: null, train: true },
  ],
}

const reasoned = (thought: string | undefined, rest: string) => `<think>\n${thought}\n</think>\n\n${rest}`
const answer = reasoned(thoughts[2], '<answer>4</answer>')

export const inLlamaFactory: JsonObject = {
  id: 'labels/0001',
  key: 'k1',
  system,
  tools: JSON.stringify(tools),
  images: pictures,
  conversations: [
    { from: 'human', value: `<image>\n${question}` },
    ...calls.flatMap((call, index) => [
      { from: 'function_call', value: reasoned(thoughts[index], JSON.stringify(call)) },
      { from: 'observation', value: `${results[index]}\n<image>` },
    ]),
    { from: 'gpt', value: answer },
  ],
}

export const inMsSwift: JsonObject = {
  id: 'labels/0001',
  key: 'k1',
  tools: JSON.stringify(tools),
  images: pictures,
  messages: [
    { role: 'system', content: system, loss: null },
    { role: 'user', content: `<image>\n${question}`, loss: null },
    ...calls.flatMap((call, index) => [
      { role: 'assistant', content: `<think>\n${thoughts[index]}\n</think>\n\n`, loss: true },
      { role: 'tool_call', content: JSON.stringify(call), loss: true },
      { role: 'tool_response', content: `${results[index]}\n<image>`, loss: null },
    ]),
    { role: 'assistant', content: answer, loss: true },
  ],
}

const called = (index: number) =>
  reasoned(thoughts[index], `<tool_call>\n${JSON.stringify(calls[index])}\n</tool_call>`)
const listed = `${system}\n\n# Tools\n${tools.map(each => JSON.stringify(each)).join('\n')}`

/** Calls and results as texts: what needs no support for tools. */
export const inVerlSft: JsonObject = {
  id: 'labels/0001',
  key: 'k1',
  images: pictures,
  messages: [
    { role: 'system', content: listed },
    { role: 'user', content: `<image>\n${question}` },
    ...calls.flatMap((_, index) => [
      { role: 'assistant', content: called(index) },
      { role: 'user', content: `<tool_response>\n${results[index]}\n<image>\n</tool_response>` },
    ]),
    { role: 'assistant', content: answer },
  ],
}

/** The same with typed parts; `base64` where pictures lie in them. */
const typed = (message: JsonObject, base64?: string): JsonObject => ({
  ...message,
  content: String(message.content)
    .split(/(<image>)/)
    .filter(text => text !== '')
    .map(text =>
      text === '<image>'
        ? { type: 'image', text: null, ...(base64 && { base64 }) }
        : { type: 'text', text, ...(base64 && { base64: null }) },
    ),
})

const inlined = inVerlSft.messages as JsonObject[]

/** One row for each turn that is trained. */
export const inTrl: JsonObject[] = [3, 5, 7].map((length, turn) => ({
  id: 'labels/0001',
  key: 'k1',
  images: pictures.slice(0, turn + 1),
  prompt: inlined.slice(0, length - 1).map(message => typed(message)),
  completion: inlined.slice(length - 1, length).map(message => typed(message)),
}))

export const inAxolotl: JsonObject = {
  id: 'labels/0001',
  key: 'k1',
  messages: inlined.map(message => typed(message, 'aWs=')),
}

/** As OpenAI has calls, for trainers whose templates know tools. */
export const withToolCalls: JsonObject = {
  id: 'labels/0001',
  key: 'k1',
  tools,
  images: pictures,
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: `<image>\n${question}` },
    ...calls.flatMap((call, index) => [
      {
        role: 'assistant',
        content: thoughts[index] ?? '',
        tool_calls: [{ id: `c${index}`, type: 'function', function: call }],
      },
      { role: 'tool', content: `${results[index]}\n<image>` },
    ]),
    { role: 'assistant', content: answer },
  ],
}
