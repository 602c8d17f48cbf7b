import type { Cell } from '../../schemas/cell.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { toldOnce } from '../../schemas/told-once.ts'
import type { Observation } from '../../schemas/trajectory.ts'
import { withoutNote } from '../../tools/refused-pictures.ts'

/** An observation in today's words, but for what it says of pictures that are not shown, and how many those are. */
export function inTodaysWords(observation: Observation): Observation {
  const { parts, data } = observation
  return {
    ...observation,
    parts: withoutNote(parts).map(part =>
      part.type === 'text' ? { ...part, text: toldOnce(part.text) } : part,
    ),
    data: data?.kind === 'cell' ? cellInTodaysWords(data) : data,
  }
}

const cellInTodaysWords = ({ droppedImages: _, error, ...cell }: Cell): Cell => ({
  ...cell,
  error: error && { ...error, traceback: toldOnce(error.traceback) },
})

/** Whether two observations differ in nothing but the words of an older kindling. */
export const isOlder = (before: Observation, now: Observation): boolean =>
  canonicalJson(inTodaysWords(before)) === canonicalJson(inTodaysWords(now))
