import OpenAI from 'openai'
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions'
import { ratesOf } from '../../../teachers/program/faults.ts'
import { serveProgram } from '../../../teachers/program/server.ts'
import type { Skill } from '../../../teachers/program/skill.ts'
import { png } from '../../fixtures.ts'

/** Measures the width with Python, reads it, answers it. */
export const widthSkill: Skill = {
  name: 'width',
  fits: question => question.includes('How wide'),
  next({ steps }) {
    const width = /result:\n(\d+)/.exec(steps.at(-1)?.text ?? '')?.[1]
    if (width) return { kind: 'answer', thought: `Python says it is ${width} pixels wide.`, answer: width }
    const thought = 'I ask Python how wide the image is.'
    return { kind: 'call', thought, name: 'python', arguments: { code: 'image_1.width' } }
  },
}

export const tools: ChatCompletionTool[] = ['python', 'text_search'].map(name => ({
  type: 'function',
  function: { name, description: 'A tool.', parameters: { type: 'object' } },
}))

/** A system message and a question with one image. */
export async function ask(question = 'How wide is it?', width = 8): Promise<ChatCompletionMessageParam[]> {
  const url = `data:image/png;base64,${(await png(width)).toString('base64')}`
  return [
    { role: 'system', content: 'Solve it.' },
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: question },
      ],
    },
  ]
}

/** A running program with the `openai` client that talks to it. */
export async function talk(errors: Parameters<typeof ratesOf>[0] = 0, skills: Skill[] = [widthSkill]) {
  const server = await serveProgram({ skills, rates: ratesOf(errors) })
  const client = new OpenAI({ apiKey: 'none', baseURL: server.url, maxRetries: 0 })
  const say = (
    messages: ChatCompletionMessageParam[],
    seed = 0,
    more: { max_completion_tokens?: number } = {},
  ) => client.chat.completions.create({ model: 'kindling-program-1', messages, tools, seed, ...more })
  return { url: server.url, client, say, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** The conversation with the reply's calls answered. */
export function observed(
  messages: ChatCompletionMessageParam[],
  { choices: [choice] }: OpenAI.ChatCompletion,
  text: string,
): ChatCompletionMessageParam[] {
  if (!choice) throw new Error('there is no choice')
  const { content, tool_calls = [] } = choice.message
  const results = tool_calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: text }))
  return [...messages, { role: 'assistant', content, tool_calls }, ...results]
}

/** What a reply said: its text, its call and how it ended. */
export function saidIn({ choices: [choice] }: OpenAI.ChatCompletion) {
  if (!choice) throw new Error('there is no choice')
  const call = choice.message.tool_calls?.[0]
  return {
    text: choice.message.content,
    call: call?.type === 'function' ? call.function : null,
    finish: choice.finish_reason,
    raw: JSON.parse(JSON.stringify(choice.message)),
  }
}
