import { canonicalJson } from '../../schemas/hash.ts'
import { toldOnce } from '../../schemas/told-once.ts'
import type { Observation } from '../../schemas/trajectory.ts'
import { withoutNote } from '../../tools/refused-pictures.ts'

/** An observation in today's words, but for what it says of pictures that are not shown. */
export function inTodaysWords(observation: Observation): Observation {
  const { parts, data } = observation
  const error = data?.kind === 'cell' && data.error
  return {
    ...observation,
    parts: withoutNote(parts).map(part =>
      part.type === 'text' ? { ...part, text: toldOnce(part.text) } : part,
    ),
    data: error ? { ...data, error: { ...error, traceback: toldOnce(error.traceback) } } : data,
  }
}

/** Whether two observations differ in nothing but the words of an older kindling. */
export const isOlder = (before: Observation, now: Observation): boolean =>
  canonicalJson(inTodaysWords(before)) === canonicalJson(inTodaysWords(now))
