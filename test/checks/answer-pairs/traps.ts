import type { AnswerKey } from '../../../answers/compare/key.ts'
import { asked } from './asked.ts'
import { askedMathematics } from './asked-mathematics.ts'
import { datesAndSets } from './dates-and-sets.ts'
import { numbers } from './numbers.ts'
import { shapes } from './shapes.ts'
import type { Trap } from './trap.ts'
import { values } from './values.ts'
import { worded } from './worded.ts'
import { words } from './words.ts'

/** Of every type, but for those that are held out. */
export const traps: Trap[] = [
  values,
  shapes,
  numbers,
  words,
  datesAndSets,
  asked,
  askedMathematics,
  worded,
].flat()

/** A task of a trap's kind with this answer. */
export const keyOf = ({ type, question, choices, tolerance }: Trap, answer: string): AnswerKey => ({
  question: question ?? 'What is it?',
  choices: choices ?? null,
  tolerance: tolerance ?? null,
  answerType: type,
  answer,
})
