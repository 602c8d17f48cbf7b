import Type from 'typebox'
import type { Prompt } from '../prompts/prompt.ts'
import { twofold } from '../prompts/twofold.ts'

/** What a student is told, in its training rows and in the pool for reinforcement learning alike. */
export const studentPrompt = twofold('student')

/** A prompt that says itself all that it says: trainers describe the tools, and no row has anything to fill in. */
export const StudentPrompt = Type.Refine(
  Type.Unsafe<Prompt>({
    description: "a prompt without blanks such as prompt('mine', 'mine.md')",
    kind: 'a prompt',
  }),
  value => [value, value?.withoutImages ?? value].every(isWithoutBlanks),
)

const isWithoutBlanks = (value: Partial<Prompt> | null | undefined): boolean =>
  typeof value?.fill === 'function' && !/\{\{\w+\}\}/.test(value.template ?? '{{none}}')
