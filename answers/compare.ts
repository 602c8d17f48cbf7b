import { hasKey } from '../schemas/task.ts'
import { compareBoolean } from './compare/boolean.ts'
import { compareChoice, lettered } from './compare/choice.ts'
import { compareDate } from './compare/date.ts'
import type { AnswerKey, Compare, Ruling } from './compare/key.ts'
import { compareMath } from './compare/math.ts'
import { compareNumber } from './compare/number.ts'
import { compareSet } from './compare/set.ts'
import { compareText } from './compare/text.ts'

/** Characters. A longer answer is an essay that happens to hold the right words. */
const longest = 300

/** Where a task has options, an option's letter says what the option says. */
const spoken =
  (compare: Compare): Compare =>
  (given, task) =>
    compare(lettered(given, task.choices ?? []) ?? given, task)

const option: Compare = (given, task) => (task.choices ? compareChoice : compareText)(given, task)

const compare: Record<AnswerKey['answerType'], Compare> = {
  text: option,
  choice: option,
  number: spoken(compareNumber),
  boolean: spoken(compareBoolean),
  math: spoken(compareMath),
  date: spoken(compareDate),
  set: compareSet,
}

/**
 * Whether a given answer is the task's. It would rather call a right answer wrong than a wrong one right. Free text in
 * other words is `unlike`.
 */
export function compareAnswer(given: string, task: AnswerKey): Ruling {
  if (!hasKey(task))
    return { kind: 'undecided', reason: 'no_key', detail: 'nobody said what the right answer is' }
  const answer = given.trim()
  if (answer === '') return { kind: 'different', reason: 'empty', detail: 'the answer is empty' }
  if (answer.length > longest)
    return {
      kind: 'different',
      reason: 'too_long',
      detail: `${answer.length} characters; ${longest} are read`,
    }
  return compare[task.answerType](answer, { ...task, question: asking(task.question) })
}

/** Characters. What is asked stands at the beginning of a long question or at its end. */
const longestQuestion = { beginning: 2000, end: 6000 }

function asking(question: string): string {
  const { beginning, end } = longestQuestion
  if (question.length <= beginning + end) return question
  return `${question.slice(0, beginning)} ${question.slice(-end)}`
}

/** Whether rules alone can tell that a given answer is the task's. */
export const isRight = (given: string, task: AnswerKey): boolean => compareAnswer(given, task).kind === 'same'

/** Rises whenever the same answer could be compared differently: part of every fact that rests on `compareAnswer`. */
export const comparison = 4

/**
 * What stands for it where models were asked as well. It does not rise: what was paid for stays, and whoever only goes
 * on with a run is not asked to accept anything. `curate --remeasure` compares those answers as well as is known today.
 */
export const comparisonWithModels = 2
