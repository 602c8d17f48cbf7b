import type { Part, Task } from '../schemas/task.ts'
import type { Prompt } from './prompt.ts'

/**
 * The question as it is asked: images first, then the words and the options. Nothing else of the task is in it, neither
 * its id nor its source.
 */
export function askedParts({ question, choices, images }: Task, prompt: Prompt): Part[] {
  const options = choices?.map((choice, index) => `${String.fromCharCode(65 + index)}. ${choice}`)
  const text = prompt.fill({ question, choices: options ? `\n\nOptions:\n${options.join('\n')}` : '' })
  return [...images.map((image): Part => ({ type: 'image', image })), { type: 'text', text }]
}
