import type { Seen, Step } from './skill.ts'

/** A skill written straight on: it yields a call, gets the text that came back, and ends with an answer. */
export type Script<Result = Step> = Generator<Extract<Step, { kind: 'call' }>, Result, string>

/** A script cannot go on. The message says why, in words for the reader of the trajectory. */
export class Stuck extends Error {
  override name = 'Stuck'
}

/** The next step of a script, found by running it from its start with what came back so far. */
export function replay(script: (seen: Seen) => Script, seen: Seen): Step {
  const run = script(seen)
  try {
    let at = run.next()
    for (const { text } of seen.steps) {
      if (at.done) break
      at = run.next(text)
    }
    return at.value
  } catch (error) {
    if (error instanceof Stuck) return { kind: 'give_up', thought: error.message }
    throw error
  }
}
