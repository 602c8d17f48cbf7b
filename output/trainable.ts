import Type, { type Static } from 'typebox'
import { isObject, type JsonObject, parseJson } from '../schemas/json.ts'
import { picturesElsewhere, type ToolCall, type Trajectory, type Turn } from '../schemas/trajectory.ts'
import { holdsThoughts } from '../teachers/reading/thoughts.ts'

export interface Reason {
  reason: string
  detail: string
}

/**
 * What becomes of a row whose teacher was reminded: it is declined, because trainers would teach what it was reminded
 * of; or those turns are left out, so that the others stand as if nobody had to be reminded.
 */
export const Reminded = Type.Enum(['decline', 'leave_out'])
export type Reminded = Static<typeof Reminded>
/** The same where a format can also hold the conversation as it was. */
export const RemindedOrKept = Type.Enum(['decline', 'leave_out', 'keep'])
export type RemindedOrKept = Static<typeof RemindedOrKept>

/** A trajectory as a trainer is to read it. */
export const trainedOn = (trajectory: Trajectory, reminded: RemindedOrKept): Trajectory =>
  reminded === 'leave_out'
    ? { ...trajectory, turns: trajectory.turns.filter(({ reminder }) => !reminder) }
    : trajectory

/**
 * Why a student cannot be taught from a trajectory, if so: it does not end in an answer, or a picture of it is not
 * here, or a call is one that no tool takes, or the teacher had to be reminded, or what a model only thought stands in
 * what it said. Trainers cannot leave single turns out, so such a row would teach the mistake.
 */
export function untrainable(
  { outcome, turns, tools, origin }: Trajectory,
  reminded: RemindedOrKept = 'decline',
): Reason | undefined {
  if (outcome.kind !== 'answered') return { reason: 'not_answered', detail: outcome.kind }
  const elsewhere = origin?.lacks.find(each => picturesElsewhere.has(each))
  if (elsewhere) return { reason: elsewhere, detail: 'a student would learn to answer without looking' }
  const last = turns.at(-1)
  if (!last || last.reply.calls.length > 0)
    return { reason: 'not_answered', detail: 'the last turn calls a tool' }
  const thinking = turns.findIndex(({ reply }) => holdsThoughts(reply.text))
  if (thinking >= 0) return { reason: 'reasoning_in_text', detail: `turn ${thinking + 1}` }
  const names = tools.map(tool => tool.name)
  return first(turns.slice(0, -1), (turn, index) =>
    turn.reminder && reminded === 'keep' ? undefined : badTurn(turn, index, names),
  )
}

function badTurn(
  { reply: { calls }, observations, reminder }: Turn,
  index: number,
  names: string[],
): Reason | undefined {
  const place = `turn ${index + 1}`
  if (reminder) return { reason: 'reminded', detail: `${place}: ${reminder.kind}` }
  if (calls.length === 0) return { reason: 'turn_without_call', detail: place }
  if (observations.length !== calls.length) return { reason: 'call_without_observation', detail: place }
  const unknown = calls.find(call => !names.includes(call.name))
  if (unknown) return { reason: 'unknown_tool', detail: `${place}: ${unknown.name}` }
  const refused = observations.some(({ mistake }) => mistake?.kind === 'bad_arguments')
  if (refused || calls.some(call => trainableArguments(call) === undefined))
    return { reason: 'bad_arguments', detail: place }
  return undefined
}

/**
 * Whether a turn is to be taught where a format can say that: without a mistake and a reminder, and with no text in it
 * that was only thought.
 */
export const isTaught = ({ reply, observations, reminder }: Turn): boolean =>
  !observations.some(({ mistake }) => mistake !== null) && !reminder && !holdsThoughts(reply.text)

/** What `find` first finds among the items. */
export function first<T, R>(
  items: readonly T[],
  find: (item: T, index: number) => R | undefined,
): R | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index)
    if (found !== undefined) return found
  }
  return undefined
}

/** The arguments of a call as text, `{}` where there are none at all. */
export const rawArguments = (call: ToolCall): string => (call.arguments.trim() === '' ? '{}' : call.arguments)

/** The arguments of a call, or undefined where they are no JSON object. */
export function trainableArguments(call: ToolCall): JsonObject | undefined {
  const value = parseJson(rawArguments(call))
  return isObject(value) ? value : undefined
}
