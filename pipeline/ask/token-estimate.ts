import type { Part } from '../../schemas/task.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import type { TeacherRequest } from '../../teachers/teacher.ts'

/**
 * Guesses the tokens in and out of a call before it is made: a reply of the usual length, or the longest where none is
 * known.
 */
export const tokensOf = (request: TeacherRequest, usual = request.maxTokens): number =>
  inputOf(request) + Math.ceil(Math.min(request.maxTokens, usual))

/** The provider's count for the conversation so far is exact; the rest is guessed. */
function inputOf({ system, question, turns, tools }: TeacherRequest): number {
  const counted = turns.findLastIndex(({ reply }) => reply.usage.input > 0)
  const usage = turns[counted]?.reply.usage
  const before = usage
    ? usage.input + usage.output
    : textTokens(system + JSON.stringify(tools)) + sum(question.map(partTokens))
  const seen = turns[counted]?.observations.flatMap(({ parts }) => parts) ?? []
  return before + sum(seen.map(partTokens)) + sum(turns.slice(counted + 1).map(turnTokens))
}

const turnTokens = ({ reply, observations }: Turn): number =>
  textTokens(reply.text + reply.calls.map(call => call.arguments).join('')) +
  sum(observations.flatMap(({ parts }) => parts.map(partTokens)))

/**
 * Four characters are about a token. An image is a token per 750 pixels (Anthropic's rule), up to what providers scale
 * it down to.
 */
const partTokens = (part: Part): number =>
  part.type === 'text'
    ? textTokens(part.text)
    : Math.min(1600, Math.ceil((part.image.width * part.image.height) / 750))

const textTokens = (text: string) => Math.ceil(text.length / 4)

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
