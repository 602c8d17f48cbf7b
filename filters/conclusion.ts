import type { Task } from '../schemas/task.ts'
import { compareAnswer } from './answer.ts'
import { numeralsIn } from './numerals.ts'
import { sentencesOf } from './words.ts'

/** What a thought says the answer is: short, and of the last such sentence. Null where none says it outright. */
export function concluded(thought: string): string | null {
  const said = sentencesOf(thought.replace(/\banswer(?: is)?:\s*/gi, 'answer is ')).flatMap(sentence => {
    const match =
      /\b(?:the |my )?(?:final |correct )?(?:answer|option|choice) (?:is|must be)(?: option| choice)? (.+)$/i.exec(
        sentence,
      )
    return match?.[1] && !/\b(?:not|n['’]t|if|whether|would|could|might|may)\b/i.test(sentence)
      ? [match[1]]
      : []
  })
  const last = said
    .at(-1)
    ?.replace(/[.!]+$/, '')
    .trim()
  return last && last.length <= 60 ? last : null
}

/** Whether what was concluded can only be read as another answer than the given one. In doubt it is not. */
export function isAnother(conclusion: string, given: string, task: Task): boolean {
  if (compareAnswer(conclusion, { ...task, answer: given }).passed) return false
  if (task.choices) return isAnotherOption(conclusion, given, task, task.choices)
  if (task.answerType === 'boolean') {
    const word = /^[*"'“‘`\s]*(yes|no|true|false)\b/i.exec(conclusion)?.[1]
    return word !== undefined && !compareAnswer(word, { ...task, answer: given }).passed
  }
  const [said, own] = [numeralsIn(conclusion), numeralsIn(given)]
  if (own.length === 1 && said.length === 1) return !isNear(said[0]?.value ?? 0, own[0]?.value ?? 0)
  return isQuoted(conclusion) && own.length === 0 && said.length === 0 && !shareWords(conclusion, given)
}

/** An option by its words or its letter, other than the given one. */
function isAnotherOption(conclusion: string, given: string, task: Task, choices: string[]): boolean {
  const same = (option: string, answer: string) => compareAnswer(answer, { ...task, answer: option }).passed
  return choices.some(option => same(option, conclusion) && !same(option, given))
}

/** Rounded, in thousands or as a percentage it may be the same number. */
const isNear = (a: number, b: number): boolean =>
  [1, 100, 0.01, 1e3, 1e-3, 1e6, 1e-6].some(
    factor =>
      Math.abs(a * factor - b) <= 0.05 * Math.abs(b) &&
      (factor !== 1 || !Number.isInteger(a) || !Number.isInteger(b) || a === b),
  )

const isQuoted = (text: string): boolean => /^(?:\*\*[^*]+\*\*|"[^"]+"|“[^”]+”)$/.test(text)

function shareWords(a: string, b: string): boolean {
  const words = (text: string): string[] => text.toLowerCase().match(/\p{L}{2,}/gu) ?? []
  return words(a).some(word => words(b).includes(word))
}
