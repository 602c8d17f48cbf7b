import { prompt } from '../../../prompts/prompt.ts'
import { pick } from '../random.ts'
import type { Seen, Step } from '../skill.ts'
import { sectionOf } from './observed.ts'

type Literal = string | number | string[]

/** A Python script from beside the skills. Its blanks take JSON values, which are Python literals as well. */
export function script(file: string): (values?: Record<string, Literal>) => string {
  const text = prompt(file, new URL(file, import.meta.url))
  return (values = {}) =>
    text.fill(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)])),
    )
}

type Wordings = readonly [string, ...string[]]

/** One of several ways to say a thing; which one depends on all that was seen. */
export const say = (seen: Seen, wordings: Wordings): string =>
  pick(wordings, seen.variety ?? seen.question, ...seen.steps.map(step => step.text))

/** Run a script, with a rationale. */
export const run = (seen: Seen, wordings: Wordings, code: string): Step => ({
  kind: 'call',
  thought: say(seen, wordings),
  name: 'python',
  arguments: { code },
})

/** Answer, with what it follows from. */
export const conclude = (seen: Seen, wordings: Wordings, answer: string): Step => ({
  kind: 'answer',
  thought: say(seen, wordings),
  answer,
})

export const giveUp = (thought: string): Step => ({ kind: 'give_up', thought })

/** All that was printed so far, in order. */
export const printed = (seen: Seen): string => seen.steps.map(step => step.text).join('\n')

/** Why the last call came to nothing, or null where it did not fail. */
export function failure(seen: Seen): string | null {
  const traceback = sectionOf(seen.steps.at(-1)?.text ?? '', 'error')
  if (traceback === null) return null
  return `My measurement failed (${traceback.split('\n').at(-1)}), and I cannot tell the answer without it.`
}
