import type { JsonObject } from '../../schemas/json.ts'
import { imagesIn, type Part } from '../../schemas/task.ts'
import type { Reply, Turn } from '../../schemas/trajectory.ts'
import type { Price } from '../../teachers/prices.ts'
import type { Teacher, TeacherRequest } from '../../teachers/teacher.ts'

/** What a provider adds around a request: its own instructions for tools, marks between messages. */
const aroundRequest = 4096
const aroundMessage = 64
/** More than any provider is known to count for one image. */
const aroundImage = 16_384

/** Images of the question and of every tool result so far. */
export const imagesSent = ({ question, turns }: Pick<TeacherRequest, 'question' | 'turns'>): number =>
  imagesIn(question).length + turns.reduce((sum, turn) => sum + seen(turn).flatMap(imagesIn).length, 0)

const seen = ({ observations }: Turn): Part[][] => observations.map(({ parts }) => parts)

/**
 * USD that a call can cost at most: all its input charged at the dearest rate, `before` tokens that go in beside the
 * request among it, and a reply of full length.
 */
export function worstUsd(
  teacher: Pick<Teacher, 'options'>,
  request: TeacherRequest,
  price: Price,
  before = 0,
): number {
  const images = imagesSent(request)
  const input = before + textTokens(request) + images * (price.imageTokens ?? aroundImage)
  const lists = price.long && input > price.long.over ? [price, price.long] : [price]
  const dearest = Math.max(...lists.flatMap(list => [list.input, list.cachedInput ?? 0, list.cacheWrite]))
  const output =
    outputTokens(teacher.options, request.maxTokens) * Math.max(...lists.map(list => list.output))
  return (input * dearest + output) / 1e6 + images * (price.perImage ?? 0)
}

/** An upper bound: the tokenizers in use work on bytes, and no token is shorter than one. */
function textTokens({ system, question, turns, tools }: TeacherRequest): number {
  const said = turns.reduce((sum, turn) => sum + replyTokens(turn.reply) + partTokens(seen(turn).flat()), 0)
  return aroundRequest + bytes(system) + bytes(JSON.stringify(tools)) + partTokens(question) + said
}

const bytes = (text: string) => Buffer.byteLength(text)

const partTokens = (parts: readonly Part[]) =>
  parts.reduce((sum, part) => sum + aroundMessage + (part.type === 'text' ? bytes(part.text) : 0), 0)

/**
 * The part of a reply that goes back: its own message or what was read of it. Hidden reasoning counts as when it was
 * made.
 */
function replyTokens({ raw, text, reasoning, calls, usage }: Reply): number {
  const read = bytes(text) + bytes(reasoning ?? '') + bytes(JSON.stringify(calls))
  return aroundMessage + Math.max(read, bytes(JSON.stringify(raw)), usage.output)
}

/** A teacher's own parameters can ask for more than the request does: a longer reply, thinking, or several choices. */
function outputTokens(options: JsonObject, maxTokens: number): number {
  const numbers = (name: RegExp) =>
    numbersIn(options).flatMap(([key, value]) => (name.test(key) ? [value] : []))
  const longest = Math.max(maxTokens, ...numbers(/^max_?(\w*_)?tokens$/i))
  return (longest + Math.max(0, ...numbers(/^budget_?tokens$/i))) * Math.max(1, ...numbers(/^n$/))
}

const numbersIn = (options: JsonObject): [string, number][] =>
  Object.entries(options).flatMap(([key, value]): [string, number][] => {
    if (typeof value === 'number') return [[key, value]]
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? numbersIn(value) : []
  })
