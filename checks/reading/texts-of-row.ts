import type { Trajectory } from '../../schemas/trajectory.ts'
import { withoutBackslashes } from './turns-read.ts'

/** Where a text of a record stands. */
export type PlaceInRow = 'question' | 'thoughts' | 'calls' | 'observations'

export interface ReadText {
  place: PlaceInRow
  /** For a person. */
  name: string
  text: string
}

/** What is asked, said, called and shown, in its order. */
export function textsOf({ task, question, turns }: Trajectory): ReadText[] {
  const asked = [
    task.question,
    ...(task.choices ?? []),
    task.answer,
    ...question.map(part => (part.type === 'text' ? part.text : '')),
  ]
  return [
    { place: 'question', name: 'question', text: asked.join('\n') },
    ...turns.flatMap(({ reply, observations }, index): ReadText[] => [
      { place: 'thoughts', name: `turn ${index + 1}, thought`, text: reply.text },
      ...reply.calls.map(call => ({
        place: 'calls' as const,
        name: `turn ${index + 1}, call`,
        text: withoutBackslashes(call.arguments),
      })),
      ...observations.flatMap(({ parts }) =>
        parts.flatMap(part =>
          part.type === 'text'
            ? [{ place: 'observations' as const, name: `turn ${index + 1}, observation`, text: part.text }]
            : [],
        ),
      ),
    ]),
  ]
}
