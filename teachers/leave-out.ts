import { isObject } from '../schemas/json.ts'
import { type HabitLesson, type Habits, refusing } from './habits.ts'
import type { WireFields } from './reading/shapes.ts'

/** What one wire says of the model's own words when they go back: names of fields, and of types of items. */
interface Own {
  /** The model's own messages, items or blocks in a body. */
  said(body: WireFields): WireFields[]
  /** Without these it would not be what the model said. */
  needed: readonly string[]
  /** Further fields that every server of the wire ought to take back. */
  documented: readonly string[]
}

const listed = (value: unknown): WireFields[] => (Array.isArray(value) ? value.filter(isObject) : [])
const byModel = ({ messages }: WireFields) => listed(messages).filter(({ role }) => role === 'assistant')

const wires = {
  chat: {
    said: byModel,
    needed: ['role', 'content', 'name', 'tool_calls', 'id', 'type', 'function', 'text'],
    documented: ['refusal'],
  },
  responses: {
    said: ({ input }) =>
      listed(input).filter(({ type, role }) => role !== 'user' && type !== 'function_call_output'),
    needed: [
      ...['type', 'role', 'content', 'text', 'call_id', 'name', 'arguments', 'input'],
      ...['message', 'output_text', 'function_call', 'custom_tool_call'],
    ],
    documented: [
      ...['id', 'status', 'annotations', 'logprobs', 'refusal', 'output', 'phase'],
      ...['summary', 'encrypted_content'],
    ],
  },
  messages: {
    said: body => byModel(body).flatMap(({ content }) => listed(content)),
    needed: ['type', 'text', 'id', 'name', 'input', 'tool_use', 'cache_control'],
    documented: ['citations', 'thinking', 'signature', 'data', 'tool_use_id', 'content', 'caller'],
  },
} satisfies Record<string, Own>

/**
 * Fields and items of the model's own words that a refusal names, or all fields that the wire does not know where it
 * names none.
 */
export const leaveOutLesson = (wire: keyof typeof wires): HabitLesson => {
  const { said, needed, documented }: Own = wires[wire]
  return (refusal, { leaveOut }, body) => {
    if (!refusing.test(refusal) || !isObject(body)) return []
    const own = said(body)
    const stranger = (name: string) => !needed.includes(name) && !leaveOut.includes(name)
    const fields = fieldsIn(own).filter(stranger)
    const words = new Set(refusal.split(/[^\w-]+/))
    const named = [...fields, ...typesIn(own).filter(stranger)].filter(name => words.has(name))
    const unnamed = /assistant|messages?\b|\binput\b/i.test(refusal) ? fields : []
    const left = named.length > 0 ? named : unnamed.filter(name => !documented.includes(name))
    return left.length > 0 ? [{ leaveOut: [...leaveOut, ...new Set(left)] }] : []
  }
}

/** An item, and the items in it. */
const allIn = (items: readonly WireFields[]): WireFields[] =>
  items.flatMap(item => [item, ...allIn(Object.values(item).flatMap(listed))])

const fieldsIn = (items: readonly WireFields[]): string[] => [...new Set(allIn(items).flatMap(Object.keys))]

const typesIn = (items: readonly WireFields[]): string[] =>
  allIn(items).flatMap(({ type }) => (typeof type === 'string' ? [type] : []))

/** The model's own items without the fields, and without the types of items, that do not go back. */
export function without<Item extends object>(
  items: readonly Item[],
  habits: Pick<Habits, 'leaveOut'>,
): Item[] {
  const { leaveOut } = habits
  if (leaveOut.length === 0) return [...items]
  const inner = (value: unknown) =>
    Array.isArray(value) && value.every(isObject) ? without(value, habits) : value
  return items
    .filter(item => !leaveOut.includes(String(Reflect.get(item, 'type'))))
    .map(item => {
      const kept = Object.entries(item).filter(([name]) => !leaveOut.includes(name))
      return Object.fromEntries(kept.map(([name, value]) => [name, inner(value)])) as Item
    })
}
