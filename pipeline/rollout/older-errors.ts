import { canonicalJson } from '../../schemas/hash.ts'
import type { Observation } from '../../schemas/trajectory.ts'
import { withoutNote } from '../../tools/refused-pictures.ts'

/**
 * Code that is no Python was once told twice, the first time with the sandbox's own frames. What is stored so stays as
 * it is, because replies were given to it.
 */
const toldTwice =
  /Traceback \(most recent call last\):\n {2}File "[^"\n]*kernel\.py", line \d+, in parse\n[\s\S]*?\n\nDuring handling of the above exception, another exception occurred:\n\n/g

const once = (text: string) => text.replace(toldTwice, '')

/** An observation in today's words, but for what it says of pictures that are not shown. */
export function inTodaysWords(observation: Observation): Observation {
  const { parts, data } = observation
  const error = data?.kind === 'cell' && data.error
  return {
    ...observation,
    parts: withoutNote(parts).map(part => (part.type === 'text' ? { ...part, text: once(part.text) } : part)),
    data: error ? { ...data, error: { ...error, traceback: once(error.traceback) } } : data,
  }
}

/** Whether two observations differ in nothing but the words of an older kindling. */
export const isOlder = (before: Observation, now: Observation): boolean =>
  canonicalJson(inTodaysWords(before)) === canonicalJson(inTodaysWords(now))
