import sharp from 'sharp'
import { isObject, parseJson } from '../../../schemas/json.ts'
import { png } from '../../fixtures.ts'
import { widths } from '../../pipeline/scripted.ts'
import type { Behaviour, Request } from '../behaviour.ts'
import type { Said } from '../loopback.ts'
import {
  chatCall,
  completion,
  message,
  messageCall,
  messageText,
  response,
  responseCall,
  responseText,
} from '../wires.ts'

// What goes back to a server, and what it takes.

type Fields = Record<string, unknown>
type Strict = Pick<Behaviour, 'wire' | 'server' | 'answers'> & Partial<Behaviour>

const listed = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : [])
const messagesOf = ({ body }: Request) => listed(body.messages)
const saidIn = (request: Request) => messagesOf(request).filter(({ role }) => role === 'assistant')
const contentsOf = (messages: Fields[]) => messages.flatMap(({ content }) => listed(content))
const error = (status: number, message: string): Said => ({
  status,
  body: { error: { message, type: 'invalid_request_error', code: null } },
})

/** Refuses what it does not take; otherwise its first reply is this one, and then comes the answer. */
const strict =
  (refusal: Said, refuses: (request: Request) => boolean, first?: Fields) =>
  (request: Request): Said => {
    if (refuses(request)) return refusal
    return first && request.turn === 1 ? { body: first } : request.usual
  }

const solved = { ends: ['answered 8'], calls: 2, exit: 0 }
/** Refused once, and then never again. */
const learned = { ends: ['answered 8', 'answered 9'], calls: 5, exit: 0 }
const known = { ...learned, calls: 4 }
const all = (kind: string, outcome: typeof solved, rows: Strict[]): Behaviour[] =>
  rows.map(row => ({ ...outcome, kind, ...row }))

const isOneObject = (text: unknown) => typeof text === 'string' && isObject(parseJson(text))
const chatArguments = (request: Request) =>
  saidIn(request).flatMap(({ tool_calls }) =>
    listed(tool_calls).map(call => (isObject(call.function) ? call.function.arguments : undefined)),
  )
const responsesArguments = ({ body }: Request) =>
  listed(body.input).flatMap(item => (item.type === 'function_call' ? [item.arguments] : []))
const inputs = (request: Request) =>
  contentsOf(saidIn(request)).flatMap(block => (block.type === 'tool_use' ? [block.input] : []))

const called = (given: unknown) =>
  completion(
    { content: null, tool_calls: [chatCall({ function: { name: 'calculator', arguments: given } })] },
    'tool_calls',
  )
const unterminated = error(400, 'Unterminated string starting at: line 1 column 16 (char 15)')
const unparsed = error(500, 'Failed to parse tool call arguments as JSON: [json.exception.parse_error.101]')

const noArguments: [string, unknown][] = [
  ['cut off', '{"expression": "4+'],
  ['nothing', ''],
  ['null', null],
  ['a list', '["4+4"]'],
  ['JSON in JSON', JSON.stringify('{"expression":"4+4"}')],
]

const argumentRows = noArguments.flatMap(([what, given]): Strict[] => [
  {
    wire: 'chat',
    server: `refuses to read ${what}`,
    answers: strict(unparsed, request => !chatArguments(request).every(isOneObject), called(given)),
  },
  {
    wire: 'responses',
    server: `refuses to read ${what}`,
    answers: strict(
      unterminated,
      request => !responsesArguments(request).every(isOneObject),
      response([responseCall({ arguments: given })]),
    ),
  },
  {
    wire: 'messages',
    server: `refuses to read ${what}`,
    answers: strict(
      error(400, 'messages.1.content.0.tool_use.input: Input should be a valid dictionary'),
      request => !inputs(request).every(isObject),
      message([messageCall({ input: given })], 'tool_use'),
    ),
  },
])

const isBlank = (block: Fields) => block.type === 'text' && String(block.text).trim() === ''
const nonEmpty = error(400, 'messages: text content blocks must be non-empty')
const blanks = ['', ' ', '\n\n'].map(
  (text): Strict => ({
    wire: 'messages',
    server: `says ${JSON.stringify(text)} before a call, and does not take it back`,
    answers: strict(
      nonEmpty,
      request => contentsOf(messagesOf(request)).some(isBlank),
      message([messageText(text), messageCall()], 'tool_use'),
    ),
  }),
)

const emptyItems: Strict = {
  wire: 'responses',
  server: 'says an empty message before a call, and does not take it back',
  answers: strict(
    error(400, "Invalid 'input[1].content': empty array"),
    ({ body }) =>
      listed(body.input).some(
        item => item.role === 'assistant' && contentsOf([item]).every(part => part.text === ''),
      ),
    response([responseText(''), responseCall()]),
  ),
}

const thinks = (fields: Fields) =>
  completion({ content: 'I add.', tool_calls: [chatCall()], ...fields }, 'tool_calls')
const sendsBack = (name: string) => (request: Request) =>
  saidIn(request).some(one => name in one || listed(one.tool_calls).some(call => name in call))
const unknownFields: [name: string, reply: Fields, refusal: Said][] = [
  [
    'reasoning',
    thinks({ reasoning: 'Hm.' }),
    error(
      400,
      "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning' is unsupported)]",
    ),
  ],
  [
    'reasoning_content',
    thinks({ reasoning_content: 'Hm.' }),
    {
      status: 422,
      body: {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'messages', 2, 'assistant', 'reasoning_content'],
            msg: 'Extra inputs are not permitted',
            input: 'Hm.',
          },
        ],
      },
    },
  ],
  [
    'annotations',
    thinks({ annotations: [] }),
    error(400, "Additional properties are not allowed ('annotations' was unexpected) - 'messages.2'"),
  ],
  [
    'provider_specific_fields',
    thinks({ provider_specific_fields: {} }),
    error(400, 'messages[2]: unknown field'),
  ],
  [
    'index',
    thinks({ tool_calls: [chatCall({ index: 0 })] }),
    error(400, 'Unrecognized key(s) in object: index at messages[2].tool_calls[0]'),
  ],
]

const fieldRows = unknownFields.map(
  ([name, reply, refusal]): Strict => ({
    wire: 'chat',
    server: `gives ${name} and does not take it back`,
    answers: strict(refusal, sendsBack(name), reply),
  }),
)
const fieldsKnown: Strict[] = [{ for: 'groq' }, { leaveOut: ['reasoning'] }].map(teacher => ({
  wire: 'chat',
  server: `gives reasoning and does not take it back, as ${JSON.stringify(teacher)} says`,
  teacher,
  answers: strict(
    error(400, "property 'reasoning' is unsupported"),
    sendsBack('reasoning'),
    thinks({ reasoning: 'Hm.' }),
  ),
}))

/** The same on the wires whose replies hold items and blocks. */
const itemFields: [field: string, reply: Fields, refusal: Said][] = [
  [
    'provider_data',
    responseCall({ provider_data: {} }),
    error(400, "Unknown parameter: 'input[1].provider_data'."),
  ],
  [
    'status',
    responseCall(),
    {
      status: 422,
      body: { detail: [{ loc: ['body', 'input', 1, 'status'], msg: 'Extra inputs are not permitted' }] },
    },
  ],
  [
    'reasoning',
    { type: 'reasoning', id: 'rs_1', summary: [] },
    error(400, "Invalid value: 'reasoning' at input[1]"),
  ],
  ['_hidden', responseCall({ _hidden: 1 }), error(400, 'input[1]: unknown field')],
  [
    'confidence',
    { ...responseText('I add.'), content: [{ type: 'output_text', text: 'I add.', confidence: 1 }] },
    error(400, "input[1].content[0]: 'confidence' was unexpected"),
  ],
]
const blockFields: [field: string, reply: Fields, refusal: Said][] = [
  [
    'citations',
    { ...messageText('I add.'), citations: null },
    error(400, 'messages.1.content.0.text.citations: Extra inputs are not permitted'),
  ],
  [
    'thinking',
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    error(
      400,
      "messages.1.content.0: Input tag 'thinking' found using 'type' does not match any of the expected tags: 'text', 'tool_use'",
    ),
  ],
  ['caller', messageCall({ caller: { type: 'direct' } }), error(400, 'tool_use.caller: unknown field')],
  ['cost', messageCall({ cost: 1 }), error(400, 'messages.1: unknown field')],
]
const holds = (name: string, items: unknown): boolean =>
  listed(items).some(item => name in item || item.type === name || holds(name, item.content))
const itemRows = (isKnown: boolean): Strict[] => [
  ...itemFields.map(
    ([name, item, refusal]): Strict => ({
      wire: 'responses',
      server: `gives ${name} and does not take it back`,
      answers: strict(
        refusal,
        ({ body }) => holds(name, listed(body.input).slice(1)),
        response(item.type === 'function_call' ? [item] : [item, responseCall()]),
      ),
      ...(isKnown && { teacher: { leaveOut: [name] } }),
    }),
  ),
  ...blockFields.map(
    ([name, block, refusal]): Strict => ({
      wire: 'messages',
      server: `gives ${name} and does not take it back`,
      answers: strict(
        refusal,
        request => holds(name, saidIn(request)),
        message(block.type === 'tool_use' ? [block] : [block, messageCall()], 'tool_use'),
      ),
      ...(isKnown && { teacher: { leaveOut: [name] } }),
    }),
  ),
]

const looks = { bbox_2d: [0, 0, 4, 4] }
const lookingCall = {
  chat: completion(
    {
      content: 'I look closer.',
      tool_calls: [chatCall({ function: { name: 'image_zoom_in_tool', arguments: JSON.stringify(looks) } })],
    },
    'tool_calls',
  ),
  responses: response([responseCall({ name: 'image_zoom_in_tool', arguments: JSON.stringify(looks) })]),
  messages: message([messageCall({ name: 'image_zoom_in_tool', input: looks })], 'tool_use'),
}

const roles = (request: Request) => messagesOf(request).map(({ role }) => role)
const follows = (one: string, other: string) => (request: Request) =>
  roles(request).some((role, index, all) => role === other && all[index - 1] === one)
const imageInResult = (request: Request) =>
  messagesOf(request).some(({ role, content }) => role === 'tool' && Array.isArray(content))
/** Whether the model would see what its tool showed it. */
const seesNothing = ({ body, turn }: Request) =>
  turn > 1 && (JSON.stringify(body).match(/"(?:image_url|input_image|image)"[,:]/g) ?? []).length < 2

const afterTool = error(400, "Unexpected role 'user' after role 'tool'")
const imagePlaces: Strict[] = [
  {
    server: 'takes no user message after a tool’s',
    answers: strict(afterTool, follows('tool', 'user'), lookingCall.chat),
  },
  {
    server: 'wants roles to alternate, by its template',
    answers: strict(
      error(500, 'Jinja Exception: After the optional system message, conversation roles must alternate'),
      follows('tool', 'user'),
      lookingCall.chat,
    ),
  },
  {
    server: 'wants an assistant message after a tool’s',
    answers: strict(
      error(422, 'messages with role tool must be followed by a message of the assistant'),
      follows('tool', 'user'),
      lookingCall.chat,
    ),
  },
].map(row => ({ wire: 'chat', ...row }))

const placesKnown: Strict[] = [{ for: 'mistral' }, { toolImages: 'bridged' }, { toolImages: 'inside' }].map(
  teacher => ({
    wire: 'chat',
    server: `takes no user message after a tool’s, as ${JSON.stringify(teacher)} says`,
    teacher,
    answers: strict(
      afterTool,
      request => follows('tool', 'user')(request) || seesNothing(request),
      lookingCall.chat,
    ),
  }),
)

const otherPlaces: Strict[] = [
  {
    wire: 'chat',
    server: 'takes texts only as tool results',
    teacher: { toolImages: 'inside' },
    answers: strict(
      error(400, 'messages[3].content: Input should be a valid string'),
      request => imageInResult(request) || seesNothing(request),
      lookingCall.chat,
    ),
  },
  {
    wire: 'responses',
    server: 'takes texts only as tool results',
    answers: strict(
      {
        status: 422,
        body: {
          detail: [{ loc: ['body', 'input', 2, 'output', 'str'], msg: 'Input should be a valid string' }],
        },
      },
      request =>
        listed(request.body.input).some(({ output }) => Array.isArray(output)) || seesNothing(request),
      lookingCall.responses,
    ),
  },
  {
    wire: 'messages',
    server: 'takes texts only as tool results',
    answers: strict(
      error(400, 'messages.2.content.0.tool_result.content: images are not supported in tool results'),
      request =>
        contentsOf(messagesOf(request)).some(
          ({ type, content }) =>
            type === 'tool_result' && listed(content).some(part => part.type === 'image'),
        ) || seesNothing(request),
      lookingCall.messages,
    ),
  },
]

const lengths: Strict[] = [
  {
    server: 'wants max_completion_tokens',
    answers: strict(
      error(
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
      ({ body }) => 'max_tokens' in body,
    ),
  },
  {
    server: 'wants max_tokens',
    teacher: { maxTokensAs: 'max_completion_tokens' },
    answers: strict(
      error(400, 'Unrecognized request argument supplied: max_completion_tokens'),
      ({ body }) => !('max_tokens' in body),
    ),
  },
].map((row): Strict => ({ wire: 'chat', ...row }))

const tooMany: Strict = {
  wire: 'chat',
  server: 'says that max_tokens is too large',
  answers: () => error(400, "Invalid 'max_tokens': integer above maximum value. Expected a value <= 4096."),
  ends: ['failed at teacher'],
  calls: 1,
  exit: 69,
}
const lengthsKnown: Strict[] = [
  { for: 'azure' },
  { maxTokensAs: 'max_completion_tokens' },
  { maxTokensAs: 'none' },
].map(teacher => ({
  wire: 'chat',
  server: `refuses max_tokens, as ${JSON.stringify(teacher)} says`,
  teacher,
  answers: strict(error(400, "'max_tokens' is not supported"), ({ body }) => 'max_tokens' in body),
}))

const systems = [
  'System role not supported',
  "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
  'Only user, assistant and tool roles are supported, got system.',
].map(
  (words, index): Strict => ({
    wire: 'chat',
    server: `knows no system prompt: ${words}`,
    answers: strict(error(index === 0 ? 500 : 400, words), request => roles(request).includes('system')),
  }),
)

const webp = await sharp(await png(8))
  .webp({ lossless: true })
  .toBuffer()
const gif = await sharp(await png(9))
  .gif()
  .toBuffer()
const pictures = widths(...[webp, gif].map(bytes => ({ images: [{ place: 'widths', bytes }] })))
const isPlain = ({ body }: Request) => !/image\/(webp|gif)/.test(JSON.stringify(body))
const unread: [Behaviour['wire'], Said][] = [
  ['chat', error(400, 'Failed to load image or audio file')],
  ['chat', error(500, 'failed to process inputs: image: unknown format')],
  ['chat', error(400, "Invalid url. Only 'image/png' and 'image/jpeg' are supported")],
  ['responses', error(400, 'unsupported image')],
  ['messages', error(400, 'messages.0.content.0.image.source.base64.media_type: unsupported')],
]
const formats = unread.map(
  ([wire, refusal], index): Strict => ({
    wire,
    server: `reads PNG and JPEG alone (${index + 1})`,
    config: { tasks: pictures },
    answers: strict(refusal, request => !isPlain(request)),
  }),
)
const formatsKnown: Strict[] = [{ for: 'llama.cpp' }, { for: 'ollama' }, { plainImages: true }].map(
  teacher => ({
    wire: 'chat',
    server: `reads PNG and JPEG alone, as ${JSON.stringify(teacher)} says`,
    teacher,
    config: { tasks: pictures },
    answers: strict(error(400, 'Failed to load image'), request => !isPlain(request)),
  }),
)

const wordless = (content: unknown) => completion({ content, tool_calls: [chatCall()] }, 'tool_calls')
const contentIs = (content: unknown) => (request: Request) =>
  saidIn(request).some(one => one.content === content)
const blankWords: [content: string | null, refusal: Said][] = [
  ['', error(400, 'messages: text content blocks must be non-empty')],
  ['', error(400, 'Invalid request: message at position 2 with role assistant must not be empty')],
  [null, error(422, 'messages.2.content: Input should be a valid string')],
  [null, error(500, "Jinja Exception: unsupported operand types for +: 'NoneType' and 'str' in content")],
]
const blanksLearned = blankWords.map(
  ([content, refusal]): Strict => ({
    wire: 'chat',
    server: `gives ${JSON.stringify(content)} beside a call, and does not take it back`,
    answers: strict(refusal, contentIs(content), wordless(content)),
  }),
)

const lastText = (request: Request) => String(contentsOf(messagesOf(request).slice(-1)).at(-1)?.text)
const pausing: Strict = {
  wire: 'messages',
  server: 'pauses, fails once, and takes no prefix that ends in a blank',
  answers(request) {
    if (request.number === 1) return { body: message([messageText('I look it up. \n')], 'pause_turn') }
    if (/\s$/.test(lastText(request)))
      return error(400, 'final assistant content cannot end with trailing whitespace')
    return request.number === 2 ? error(529, 'overloaded') : request.usual
  },
  calls: 3,
}

export const rows: Behaviour[] = [
  ...all('arguments go back as one JSON object, whatever they were', solved, argumentRows),
  ...all('no blank text goes back', solved, [...blanks, emptyItems]),
  ...all('no words go back as a server takes them', learned, blanksLearned),
  ...all('a reply that paused is not bought again', solved, [pausing]),
  ...all('a field that a server does not take back is left out from then on', learned, [
    ...fieldRows,
    ...itemRows(false),
  ]),
  ...all('a field that a server does not take back is never sent', known, [
    ...fieldsKnown,
    ...itemRows(true),
  ]),
  ...all('images of tool results find the place that a server takes', learned, [
    ...imagePlaces,
    ...otherPlaces,
  ]),
  ...all('images of tool results stand where they are wanted', known, placesKnown),
  ...all('the length of a reply has the name that a server knows', learned, [...lengths]),
  ...all('a length that is refused for what it is stays as it is', solved, [tooMany]),
  ...all('the length of a reply has the name that is wanted', known, lengthsKnown),
  ...all('a system prompt that is refused is said by the user', learned, systems),
  ...all('images that a server cannot read are sent as PNG', learned, formats),
  ...all('images are sent as PNG from the first', known, formatsKnown),
]
