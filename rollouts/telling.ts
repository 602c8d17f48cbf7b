import type { Json, JsonObject } from '../schemas/json.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import type { ToolSpec } from '../schemas/trajectory.ts'
import { codeIn } from './profiles.ts'
import type { DraftCall, DraftConversation, DraftPart, DraftTurn } from './source.ts'

/** What a row of a format says, before it is known where it stands and under which licence. */
export type Told = Pick<DraftConversation, 'system' | 'question' | 'tools' | 'turns' | 'answer' | 'lacks'> &
  Partial<Pick<DraftConversation, 'id' | 'sample' | 'model'>>

/** Gathers what a row says, message by message; an end of it says why it is no conversation. */
export interface Telling {
  system(text: string): void
  /** What a user says: the question, or later words, of which pictures are lost. */
  user(parts: readonly DraftPart[]): void
  assistant(said: { text: string; reasoning?: string | null; calls?: DraftCall[] }): void
  /** What came back from a call of the last turn; a result that nothing called for is a user's word. */
  result(of: number | 'all', parts: DraftPart[], failed?: boolean): void
  last(): DraftTurn | undefined
  lacks(what: string): void
  end(more: { tools: ToolSpec[] } & Pick<Told, 'id' | 'sample' | 'model'>): Told | string
}

export function openTelling(): Telling {
  let system = ''
  const question: DraftPart[] = []
  const turns: DraftTurn[] = []
  const lacks = new Set<string>()

  function user(parts: readonly DraftPart[]) {
    const turn = turns.at(-1)
    if (!turn) return void question.push(...parts)
    if (parts.some(({ type }) => type !== 'text')) lacks.add('later_pictures')
    turn.user = [turn.user, wordsOfParts(parts)].filter(text => text !== undefined && text !== '').join('\n')
  }

  return {
    user,
    system(text) {
      system = [system, text].filter(each => each !== '').join('\n')
    },
    assistant: ({ text, reasoning = null, calls = [] }) =>
      void turns.push({ text, reasoning, calls, results: [] }),
    result(of, parts, failed = false) {
      const turn = turns.at(-1)
      if (!turn || turn.calls.length === 0) return user(parts)
      if (of === 'all' && turn.calls.length > 1) lacks.add('pairing')
      turn.results.push({
        of: of === 'all' && turn.calls.length === 1 ? 0 : of,
        parts,
        ...(failed && { failed }),
      })
    },
    last: () => turns.at(-1),
    lacks: what => void lacks.add(what),
    end(more) {
      if (!question.some(part => part.type === 'text' && part.text.trim() !== ''))
        return 'has no question of a user; correct the row or leave it out'
      const final = turns.at(-1)
      if (!final) return 'has no reply of an assistant; correct the row or leave it out'
      if (!question.some(({ type }) => type !== 'text')) lacks.add('question_image')
      if (/<\/response>/.test(final.text)) for (const turn of turns) turn.text = answeredIn(turn.text)
      if (turns.some(({ text }) => calling.test(text))) lacks.add('unreadable_calls')
      const { text, answer, marked } = final.calls.length > 0 ? silent(final.text) : finalOf(final.text)
      if (!marked) lacks.add('answer_tags')
      final.text = text
      const tools = more.tools.length > 0 ? more.tools : toolsToldIn(system)
      return { system, question, turns, answer, lacks: [...lacks], ...more, tools }
    },
  }
}

export const wordsOfParts = (parts: readonly DraftPart[]): string =>
  parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')

/** A reply that calls answers nothing. */
const silent = (text: string): FinalWords => ({ text, answer: null, marked: true })

/** With the tags of answers that kindling writes. */
const answeredIn = (text: string): string => text.replaceAll(/(<\/?)response>/g, '$1answer>')

/** What a last reply answers; `marked` is whether it says which of its words that is. */
interface FinalWords {
  text: string
  answer: string | null
  marked: boolean
}

/** The tags that answers stand in: kindling's and DeepEyesV2's, and OpenSearch-VL's. */
const answered = /<(answer|response)>([\s\S]*?)<\/\1>/g
/** A word or a few that are no sentence. */
const brief = /^(?:\S+(?: \S+){0,3}(?<![.!?:]))?$/
const boxed = /\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}/g

/**
 * What a last reply answers, and its words as kindling writes them: the answer in its tags, at the end. Without any
 * tags all of it is the answer, and it stays as it is; a sentence of it is not marked.
 */
export function finalOf(text: string): FinalWords {
  const last = [...text.matchAll(answered)].at(-1)
  if (last) {
    const answer = last[2]?.trim() ?? ''
    return { text: answeredIn(text), answer, marked: true }
  }
  const box = [...text.matchAll(boxed)].at(-1)?.[1]?.trim()
  if (box !== undefined) return { text: `${text}\n<answer>${box}</answer>`, answer: box, marked: true }
  const answer = text.trim()
  return { text, answer: answer === '' ? null : answer, marked: brief.test(answer) }
}

/** A reply without the tags of its thought: the thought, and what follows it. */
export function withoutThink(text: string): string {
  const [all, thought = ''] = /^\s*(?:<think>)?((?:(?!<think>)[\s\S])*?)<\/think>/.exec(text) ?? []
  if (all === undefined) return text.replace(/^\s*<think>/, '').trim()
  return [thought.trim(), text.slice(all.length).trim()].filter(each => each !== '').join('\n')
}

/** A call with arguments as an object, or as text. */
export function draftCall(name: string, given: Json | undefined, id = ''): DraftCall {
  const raw = typeof given === 'string' ? given : JSON.stringify(given ?? {})
  const code = codeIn(name, typeof given === 'string' ? (parseJson(given) ?? given) : given)
  return { id, name, arguments: raw, ...(code !== undefined && { code }) }
}

/** The calls that a text in JSON is: one `{ name, arguments }`, or a list of them. Undefined where it is none. */
export function callsIn(text: string): DraftCall[] | undefined {
  const value = parseJson(text.trim())
  const all = Array.isArray(value) ? value : [value]
  const calls = all.flatMap(each =>
    isObject(each) && typeof each.name === 'string'
      ? [draftCall(each.name, each.arguments as Json | undefined)]
      : [],
  )
  return calls.length === all.length && calls.length > 0 ? calls : undefined
}

const tagged = /<tool_call>([\s\S]*?)<\/tool_call>/g

/** A reply whose calls stand in its text: in the tags of Qwen's templates (`<tool_call>`), or as JSON at its end. */
export function replyIn(text: string): { text: string; calls: DraftCall[] } {
  const calls: DraftCall[] = []
  const said = text.replaceAll(tagged, (whole, call: string) => {
    const written = callsIn(call) ?? spelledCall(call)
    calls.push(...written)
    return written.length > 0 ? '' : whole
  })
  return calls.length > 0 ? { text: said.trim(), calls } : callAtEnd(text)
}

function callAtEnd(text: string): { text: string; calls: DraftCall[] } {
  const [, said = '', json = ''] = /^(?:([\s\S]*?)\n)?([[{][\s\S]*)$/.exec(text) ?? []
  const calls = callsIn(json)
  return calls ? { text: said.trim(), calls } : { text, calls: [] }
}

/** A call as Qwen3-Coder's template spells it: `<function=name>`, and a `<parameter=name>` for each argument. */
function spelledCall(text: string): DraftCall[] {
  const [, name, given = ''] = /^\s*<function=([\w.-]{1,80})>([\s\S]*?)(?:<\/function>\s*)?$/.exec(text) ?? []
  if (name === undefined) return []
  const values = [...given.matchAll(/<parameter=([\w.-]{1,80})>\n?([\s\S]*?)\n?<\/parameter>/g)].map(
    ([, parameter = '', value = '']): [string, Json] => [parameter, parseJson(value) ?? value],
  )
  return [draftCall(name, Object.fromEntries(values))]
}

/** What is left of a call in words that no call was made of. */
const calling = /<\/?tool_call>|<function=[\w.-]{1,80}>/

const responseTag = /(<tool_response>\n?|\n?<\/tool_response>)/

/** What tools gave where it stands in a user's message, in Qwen's tags, each by itself; none where it does not. */
export function taggedResults(parts: readonly DraftPart[]): DraftPart[][] {
  const results: DraftPart[][] = []
  let isOpen = false
  const pieces = parts.flatMap((part): (string | DraftPart)[] =>
    part.type === 'text' ? part.text.split(responseTag) : [part],
  )
  for (const piece of pieces)
    if (typeof piece !== 'string') results.at(-1)?.push(...(isOpen ? [piece] : []))
    else if (responseTag.test(piece)) {
      isOpen = !piece.includes('/')
      if (isOpen) results.push([])
    } else if (isOpen && piece !== '') results.at(-1)?.push({ type: 'text', text: piece })
  return results
}

/** Tools where Qwen's templates tell of them: in the system prompt, a line each. */
const toolsToldIn = (system: string): ToolSpec[] =>
  toolsIn(
    (/<tools>\n([\s\S]*?)\n<\/tools>/.exec(system)?.[1] ?? '')
      .split('\n')
      .flatMap(line => parseJson(line) ?? []),
  )

/** Tools as OpenAI offers them, each bare or below `function`, as JSON or as its text. */
export function toolsIn(value: Json | undefined): ToolSpec[] {
  const given = typeof value === 'string' ? parseJson(value) : value
  return (Array.isArray(given) ? given : []).flatMap(each => {
    const { name, description, parameters, input_schema } = Object((isObject(each) && each.function) || each)
    return typeof name === 'string'
      ? [{ name, description: String(description ?? ''), parameters: objectOr(parameters ?? input_schema) }]
      : []
  })
}

const objectOr = (value: unknown): JsonObject => (isObject(value) ? (value as JsonObject) : {})
