import { decimal, int32, text } from '../columns.ts'
import type { TidyTable } from './table.ts'
import { usageColumns, usageFields } from './usage.ts'

/** A line for each reply of a teacher; turns count from 1. */
export const turnsTable: TidyTable = {
  name: 'turns',
  about: 'each reply: its text, what the provider says was thought, how it ended, tokens and cost',
  fields: [
    text('key'),
    int32('turn'),
    ...['text', 'reasoning', 'stop'].map(text),
    int32('calls'),
    ...['reminder', 'model'].map(text),
    ...usageFields,
    decimal('cost_usd'),
  ],
  lines: ({ measured: { trajectory }, costs }) =>
    trajectory.turns.map(({ reply, reminder }, index) => ({
      key: trajectory.key,
      turn: index + 1,
      text: reply.text,
      reasoning: reply.reasoning,
      stop: reply.stop,
      calls: reply.calls.length,
      reminder: reminder?.kind ?? null,
      model: reply.model,
      ...usageColumns([reply.usage]),
      cost_usd: costs[index] ?? null,
    })),
}
