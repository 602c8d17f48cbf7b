export interface Body {
  model: string
  seed?: number
  tools?: unknown[]
  messages: { role: string; content?: unknown }[]
}

type Message = Record<string, unknown>

/** What the models say, by the question that is asked. */
export function answer({ model, seed = 0, tools = [], messages }: Body): { status?: number } & Message {
  const asked = JSON.stringify(messages)
  const result = String(messages.findLast(({ role }) => role === 'tool')?.content ?? '')
  if (model === 'judge')
    return says(`They name the same river.\nVERDICT ${/VERDICT (\w+)/.exec(asked)?.[1]}: same`)
  if (model === 'student') {
    if (asked.includes('wider than high')) return says('It is.\n<answer>yes</answer>')
    if (tools.length > 0 && asked.includes('How high is')) return measured('image_1.height', result)
    return says('I cannot tell.\n<answer>nothing</answer>')
  }
  if (asked.includes('behind the picture')) return { status: 400, error: { message: 'not today' } }
  if (asked.includes('remind you of')) return says('', 'content_filter')
  if (asked.includes('Who painted'))
    return calls('I look again.', 'python', { code: `print(${messages.length})` })
  if (asked.includes('second picture') && seed % 2 === 0) return says('It is wide.\n<answer>99</answer>')
  if (asked.includes('How wide')) return measured('image_1.width', result)
  if (asked.includes('Which river'))
    return result
      ? says('The text names the river Arel.\n<answer>the Arel</answer>')
      : calls('I look Lyria up.', 'text_search', { query: 'Lyria river' })
  if (asked.includes('in all'))
    return result
      ? says('The product is 875.\n<answer>875</answer>')
      : calls('I multiply the sides, 25 and 35.', 'calculator', { expression: '25 * 35' })
  return says('There may be five.\n<answer>5</answer>')
}

function measured(code: string, result: string) {
  const [, found] = /result:\n(\d+)/.exec(result) ?? []
  return found
    ? says(`The code gave ${found}, so that is its size.\n<answer>${found}</answer>`)
    : calls('I measure it with code.', 'python', { code })
}

const says = (content: string, finish = 'stop') => completion({ content }, finish)

const calls = (content: string, name: string, args: Message) =>
  completion(
    {
      content,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    },
    'tool_calls',
  )

const completion = (message: Message, finish_reason: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 0,
  model: 'model-2026-01-01',
  choices: [{ index: 0, finish_reason, logprobs: null, message: { role: 'assistant', ...message } }],
  usage: { prompt_tokens: 400, completion_tokens: 50, total_tokens: 450 },
})
