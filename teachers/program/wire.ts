import sharp from 'sharp'
import Type, { type Static } from 'typebox'

const Text = Type.Object({ type: Type.Literal('text'), text: Type.String() })
const Picture = Type.Object({
  type: Type.Literal('image_url'),
  image_url: Type.Object({
    url: Type.String({ pattern: '^data:image/[a-z]+;base64,', description: 'a data URL' }),
    detail: Type.Optional(Type.Enum(['auto', 'low', 'high', 'original'])),
  }),
})

const Call = Type.Object({
  id: Type.String(),
  type: Type.Literal('function'),
  function: Type.Object({ name: Type.String(), arguments: Type.String() }),
})

const Texts = Type.Union([Type.String(), Type.Array(Text)])

const Message = Type.Union([
  Type.Object({ role: Type.Enum(['system', 'developer']), content: Texts }),
  Type.Object({
    role: Type.Literal('user'),
    content: Type.Union([Type.String(), Type.Array(Type.Union([Text, Picture]))]),
  }),
  Type.Object({
    role: Type.Literal('assistant'),
    content: Type.Optional(Type.Union([Texts, Type.Null()])),
    tool_calls: Type.Optional(Type.Array(Call)),
  }),
  Type.Object({ role: Type.Literal('tool'), tool_call_id: Type.String(), content: Texts }),
])
export type Message = Static<typeof Message>

/** What the program takes of a Chat Completions request (platform.openai.com/docs/api-reference/chat/create). */
export const ChatRequest = Type.Object({
  model: Type.String(),
  messages: Type.Array(Message, { minItems: 1 }),
  tools: Type.Optional(
    Type.Array(
      Type.Object({ type: Type.Literal('function'), function: Type.Object({ name: Type.String() }) }),
    ),
  ),
  seed: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  n: Type.Optional(Type.Union([Type.Literal(1), Type.Null()])),
  stream: Type.Optional(Type.Union([Type.Literal(false), Type.Null()])),
  max_tokens: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
  max_completion_tokens: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
})
export type ChatRequest = Static<typeof ChatRequest>

/** A request that the program refuses, in the shape and with the HTTP status OpenAI's API would use. */
export class WireError extends Error {
  override name = 'WireError'
  readonly status: number
  readonly param: string | null
  readonly code: string | null
  constructor(status: number, message: string, about: { param?: string; code?: string } = {}) {
    super(message)
    this.status = status
    this.param = about.param ?? null
    this.code = about.code ?? null
  }
}

/** The text of a message's content, images left out. */
export function textOf(content: Message['content']): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
}

/** The data URLs of a message's images, in order. */
export function picturesOf(message: Message): { url: string; detail?: string }[] {
  if (message.role !== 'user' || typeof message.content === 'string') return []
  return message.content.flatMap(part => (part.type === 'image_url' ? [part.image_url] : []))
}

/** Estimated tokens of text: four characters each. */
export const textTokens = (text: string): number => Math.ceil(text.length / 4)

/** Estimated tokens of a request: its text, its calls and tools by length, its images by size. */
export async function requestTokens(request: ChatRequest): Promise<number> {
  const texts = request.messages.map(message => textTokens(textOf(message.content)) + callTokens(message))
  const pictures = await Promise.all(request.messages.flatMap(picturesOf).map(imageTokens))
  const tools = request.tools ? textTokens(JSON.stringify(request.tools)) : 0
  return [...texts, ...pictures, tools].reduce((sum, tokens) => sum + tokens, 0)
}

const callTokens = (message: Message): number =>
  message.role === 'assistant' && message.tool_calls?.length
    ? textTokens(JSON.stringify(message.tool_calls.map(call => call.function)))
    : 0

/** 85 tokens and 170 per tile of 512 pixels, as OpenAI documents for its GPT-4o family. */
async function imageTokens({ url, detail }: { url: string; detail?: string }): Promise<number> {
  const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
  const { width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw new WireError(400, 'You uploaded an unsupported image.', { code: 'invalid_image_format' })
    })
  if (detail === 'low') return 85
  const fit = Math.min(1, 2048 / Math.max(width, height), 768 / Math.min(width, height))
  return 85 + 170 * Math.ceil((width * fit) / 512) * Math.ceil((height * fit) / 512)
}
