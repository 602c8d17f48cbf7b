import { placeholder } from '../../prompts/markers.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../schemas/json.ts'
import type { Model } from '../model.ts'
import { type RenderedRow, refusedRow, rendered, type Span } from '../span.ts'
import { picturesIn, type Trainer } from '../trainer.ts'
import { countingUp, listIn, objectIn, textIn, utteredParts } from '../utterance.ts'
import { askingTurn, partSpans, systemTurn, toolsText, turnEnd, untrained, writtenCall } from './chatml.ts'

/** LLaMA-Factory with its templates `qwen2_vl` and `qwen3_vl`, and every turn of the model trained. */
export const llamaFactoryTrainer: Trainer = {
  name: 'llamafactory',
  targets: ['llamafactory', 'deepeyes_sft', 'sharegpt'],
  families: ['qwen2_5_vl', 'qwen3_vl'],
  version: '0.9.5',
  render,
  own: { script: new URL('../python/with_llama_factory.py', import.meta.url), module: 'llamafactory' },
}

interface Message {
  role: string
  text: string
}

function render(row: JsonObject, { family }: Model): RenderedRow {
  const all = listIn(row.conversations ?? row.messages).map(messageOf)
  const head = all[0]?.role === 'system' ? all[0].text : textIn(row.system)
  const messages = all[0]?.role === 'system' ? all.slice(1) : all
  const problem = refused(messages, picturesIn(row))
  if (problem) return refusedRow(problem)
  const reasons = family.name === 'qwen3_vl'
  const system = (head || (reasons ? '' : 'You are a helpful assistant.')) + toolsText(row.tools)
  const next = countingUp()
  try {
    const turns = messages.flatMap(message => spansFor(message, reasons, next))
    return rendered([...(system === '' ? [] : systemTurn(system)), ...turns])
  } catch (error) {
    return refusedRow(
      error instanceof SyntaxError ? 'Invalid JSON format in function message' : String(error),
    )
  }
}

const messageOf = (given: Json): Message => {
  const { from, role, value, content } = objectIn(given)
  const said = textIn(from ?? role)
  return { role: roles[said] ?? said, text: textIn(value ?? content) }
}

const roles: Record<string, string> = { human: 'user', gpt: 'assistant' }
const asking = ['user', 'observation']
const answering = ['assistant', 'function_call']

/** Rows whose turns do not alternate are left out with a line in the log; others end the loading. */
function refused(messages: readonly Message[], pictures: number): string | undefined {
  const wrong = messages.find(({ role }, index) => !(index % 2 === 0 ? asking : answering).includes(role))
  if (wrong) return `Invalid role tag ${wrong.role}: the row is skipped`
  if (messages.length === 0 || messages.length % 2 === 1) return 'Invalid message count: the row is skipped'
  const places = messages.reduce((sum, { text }) => sum + text.split(placeholder).length - 1, 0)
  return places === pictures
    ? undefined
    : `The number of images (${pictures}) does not match the number of ${placeholder} tokens (${places})`
}

function spansFor({ role, text }: Message, reasons: boolean, next: () => number): Span[] {
  const parts = (text: string, trained: boolean) => partSpans(utteredParts(text, next), trained)
  if (role === 'user') return askingTurn(parts(text, false))
  if (role === 'observation')
    return askingTurn([
      ...untrained('<tool_response>\n'),
      ...parts(text, false),
      ...untrained('\n</tool_response>'),
    ])
  const said = role === 'function_call' ? called(text) : text
  const thoughtless = reasons && !text.includes('<think>') && !text.includes('</think>')
  return parts(`${thoughtless ? '<think>\n\n</think>\n\n' : ''}${said}${turnEnd}\n`, true)
}

/** A thought stays as it is; what is behind it is a call or a list of calls. Throws SyntaxError where it is none. */
function called(text: string): string {
  const thought = /<think>\n[\s\S]*?\n<\/think>\n\n/.exec(text)?.[0] ?? ''
  const made = parseJson(text.replace(thought, ''))
  const calls = Array.isArray(made) ? made : [made ?? null]
  if (!calls.every(call => isObject(call) && typeof call.name === 'string')) throw new SyntaxError(text)
  return (
    thought +
    calls
      .map(objectIn)
      .map(({ name, arguments: given }) => writtenCall(textIn(name), given ?? null))
      .join('\n')
  )
}
