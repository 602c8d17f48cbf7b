import { isRight } from '../../answers/compare.ts'
import type { Cell } from '../../schemas/cell.ts'
import { excerpt } from '../../words/excerpt.ts'
import { numeralsIn } from '../../words/numerals.ts'
import { supportOf } from '../reading/answer-support.ts'
import type { Signal } from './signal.ts'

/** On which any answer rests: a picture, anything that was seen. */
const rests = ['pictured', 'decided']

/** The last output is one number, or yes or no, which the answer neither is nor follows from. */
export const contradicted: Signal<'contradicted'> = {
  name: 'contradicted',
  find({ trajectory, steps }) {
    const { outcome, task } = trajectory
    const last = steps.findLast(({ observations }) => observations.length > 0)
    const data = last?.observations.at(-1)?.data
    if (outcome.kind !== 'answered' || !last || data?.kind !== 'cell') return null
    const { answer } = outcome
    const output = onlyWord(data, numeralsIn(answer).length === 1)
    if (output === null || isRight(output, { ...task, answer })) return null
    const support = supportOf(answer, trajectory, steps)
    if (support && !rests.includes(support.how)) return null
    return { turn: last.turn, words: `${excerpt(output)}, the answer is ${excerpt(answer)}` }
  },
}

/** What a cell gave to read, behind its label, where that is one number or else yes or no. */
function onlyWord({ status, stdout, result, images }: Cell, isNumber: boolean): string | null {
  const output = (result ?? stdout).trim()
  if (status !== 'ok' || images.length > 0) return null
  if (!isNumber) return /^(?:[\p{L} ]+[ :=] *)?["']?(yes|no)["']?$/iu.exec(output)?.[1] ?? null
  return numeralsIn(output).length === 1 && /^[\p{L}\s:=]*[-\d.,]+\s?%?$/u.test(output)
    ? (numeralsIn(output)[0]?.text ?? null)
    : null
}
