import { prompt } from '../prompts/prompt.ts'
import { sha256 } from '../schemas/hash.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import type { Observation, Reminder, Reply, ToolCall, ToolSpec, Turn } from '../schemas/trajectory.ts'
import { leastWords, proseWords } from '../words/rationale.ts'

const texts = { rationale: prompt('reminder-rationale'), answer: prompt('reminder-answer') }

/** sha256 of each text that may be said. */
export const reminderHashes: readonly string[] = Object.values(texts).map(each => each.sha256)

interface Reminding {
  /** How often of each kind, in one rollout. */
  times: number
  /** Turns so far. */
  turns: readonly Turn[]
  tools: readonly ToolSpec[]
}

/**
 * What a teacher is reminded of after this reply, if so: that a call needs a rationale, or that an answer stands
 * between tags. Of a call that no tool takes it is told that instead.
 */
export function reminderFor(reply: Reply, { times, turns, tools }: Reminding): Reminder | undefined {
  const kind = isSilent(reply, tools) ? 'rationale' : isOpen(reply) ? 'answer' : undefined
  const before = turns.filter(({ reminder }) => reminder?.kind === kind).length
  return kind && before < times ? { kind, text: texts[kind].fill({}) } : undefined
}

const isSilent = ({ stop, text, calls }: Reply, tools: readonly ToolSpec[]): boolean =>
  stop === 'calls' && proseWords(text) < leastWords && calls.every(call => isTaken(call, tools))

const isTaken = (call: ToolCall, tools: readonly ToolSpec[]): boolean =>
  tools.some(({ name }) => name === call.name) && isObject(parseJson(call.arguments))

/** A model that says nothing at all may have no way to: that is no want of a tag. */
const isOpen = ({ stop, text }: Reply): boolean =>
  stop === 'end' && text.trim() !== '' && answerIn(text) === undefined

/** What stands between the last answer tags; undefined where nothing does. */
export const answerIn = (text: string): string | undefined =>
  [...text.matchAll(/<answer>([\s\S]*?)<\/answer>/g)].at(-1)?.[1]?.trim() || undefined

/** What comes back from calls that were not made, because a rationale is asked for first. */
export const unmade = (calls: readonly ToolCall[], { text }: Reminder): Observation[] =>
  calls.map(({ id }) => ({
    callId: id,
    mistake: { kind: 'no_rationale', message: text },
    parts: [{ type: 'text', text }],
    data: null,
  }))

/** The turns as a teacher is told of them: a reminder that answers no call is said as a user. */
export const asTold = (turns: readonly Turn[]): Turn[] =>
  turns.map(turn =>
    turn.reminder && turn.observations.length === 0 ? { ...turn, observations: [said(turn.reminder)] } : turn,
  )

const said = ({ text }: Reminder): Observation => ({
  callId: '',
  mistake: null,
  parts: [{ type: 'text', text }],
  data: null,
})

/** sha256 of the reminders that were given, by the names of their texts. */
export const remindersSaid = (turns: readonly Turn[]): Record<string, string> =>
  Object.fromEntries(
    turns.flatMap(({ reminder }) =>
      reminder ? [[texts[reminder.kind].name, sha256(reminder.text)] as const] : [],
    ),
  )
