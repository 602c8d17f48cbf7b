import type { Json, JsonObject } from '../../schemas/json.ts'
import type { Span } from '../span.ts'
import { jsonOf, listIn, objectIn, type SaidPart } from '../utterance.ts'

/** How trainers with templates of their own write turns for Qwen’s models. */
export const turnHead = (role: string): Span[] => untrained(`<|im_start|>${role}\n`)
export const turnEnd = '<|im_end|>'

export const untrained = (text: string): Span[] => [{ kind: 'text', text, trained: false }]

export const systemTurn = (text: string): Span[] => [
  ...turnHead('system'),
  ...untrained(`${text}${turnEnd}\n`),
]

/** A turn of somebody else, and the head of the model’s next one. */
export const askingTurn = (said: readonly Span[]): Span[] => [
  ...turnHead('user'),
  ...said,
  ...untrained(`${turnEnd}\n`),
  ...turnHead('assistant'),
]

export const partSpans = (parts: readonly SaidPart[], trained: boolean): Span[] =>
  parts.flatMap(part =>
    'text' in part ? [textSpan(part.text, trained)] : pictureSpans(part.picture, trained),
  )

const textSpan = (text: string, trained: boolean): Span => ({ kind: 'text', text, trained })

const pictureSpans = (picture: number, trained: boolean): Span[] => [
  textSpan('<|vision_start|>', trained),
  { kind: 'picture', picture, trained },
  textSpan('<|vision_end|>', trained),
]

/** Tools as Qwen’s models know them; empty where there are none. */
export function toolsText(tools: Json | undefined): string {
  const each = listIn(jsonOf(tools)).map(tool => pythonJson(wrapped(objectIn(tool))))
  if (each.length === 0) return ''
  return [
    '\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n',
    'You are provided with function signatures within <tools></tools> XML tags:\n<tools>',
    ...each,
    '</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>',
    '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>',
  ].join('\n')
}

const wrapped = (tool: JsonObject): JsonObject =>
  tool.type === 'function' ? tool : { type: 'function', function: tool }

/** A call as Qwen’s models write it. */
export const writtenCall = (name: string, given: Json): string =>
  `<tool_call>\n${pythonJson({ name, arguments: given })}\n</tool_call>`

/** As Python’s `json.dumps` writes it: a space after each comma and colon. */
export function pythonJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}: ${pythonJson(each)}`)
    .join(', ')}}`
}
