import type { Trajectory } from '../../schemas/trajectory.ts'
import { type Numeral, numbersIn, says } from '../../words/numerals.ts'
import { expressionsIn, type Reckoned } from './expressions.ts'
import type { TurnRead } from './turns-read.ts'

/** What an answer rests on: where, and how it follows. */
export interface Support {
  turn: number
  how: string
}

/** The observation that a number rests on: as it is or rounded, or reckoned from what is there. */
export const numberSupport = (
  number: Numeral,
  trajectory: Trajectory,
  steps: readonly TurnRead[],
): Support | null => observed(number, steps) ?? workedOut(number, trajectory, steps)

function observed(number: Numeral, steps: readonly TurnRead[]): Support | null {
  const step = steps.findLast(({ seen }) => numbersIn(seen).some(seen => says(number, seen)))
  return step ? { turn: step.turn, how: 'observed' } : null
}

/** What is known at a point of a trajectory. */
interface Known {
  asked: Numeral[]
  /** Observed, or reckoned from that. */
  seen: { value: number; percent?: boolean }[]
}

/**
 * By what a thought writes out, from what was observed before, the question's numbers, what was reckoned before and
 * what everybody knows. Something in it was observed.
 */
function workedOut(number: Numeral, { task }: Trajectory, steps: readonly TurnRead[]): Support | null {
  const known: Known = { asked: numbersIn(task.question), seen: [] }
  let [turn, support]: [number, Support | null] = [0, null]
  for (const step of steps) {
    for (const reckoned of known.seen.length > 0 ? expressionsIn(step.thought) : []) {
      const { written, value } = reckoned
      if (!restsOn(reckoned, known)) continue
      known.seen.push({ value })
      if (isResult(number, value)) support = { turn, how: `computed as ${written}` }
    }
    if (step.seen !== '') turn = step.turn
    known.seen.push(...numbersIn(step.seen))
  }
  return support
}

/** A result may have been rounded, up or down too where it counts whole things, or told as a share of 100. */
const isResult = (number: Numeral, value: number): boolean =>
  says({ ...number, percent: true }, { value }) ||
  (number.step === 1 && Math.abs(Math.abs(number.value) - Math.abs(value)) < 1)

/** What is reckoned with was asked, was seen or is known to everybody; something of it was seen. */
function restsOn({ operands }: Reckoned, { asked, seen }: Known): boolean {
  const isSeen = (operand: Numeral) => seen.some(each => says(operand, each))
  const isAsked = (operand: Numeral) => asked.some(each => says(operand, each))
  return (
    operands.some(isSeen) && operands.every(each => common.has(each.value) || isAsked(each) || isSeen(each))
  )
}

/** Halves, shares of 100, and the measures of time and angles. */
const common = new Set([1, 2, 7, 10, 12, 24, 52, 60, 90, 100, 180, 360, 365, 1000])
