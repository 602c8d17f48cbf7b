import type { Random } from '../../../examples/demo/random.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerOf, type Fault, saying, withTurn } from '../fault.ts'

/** Another answer of the same kind that looks right, in the last words too. */
export const wrongAnswer: Fault = {
  name: 'wrong answer that looks right',
  plant(good, { chance, others }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    if (wrong === null) return null
    const copy = withTurn(
      good,
      -1,
      saying(text => text.replaceAll(answerOf(good), wrong)),
    )
    return { ...copy, outcome: { kind: 'answered', answer: wrong } }
  },
}

/** The last thought says one thing and the answer another, which is right. */
export const otherConclusion: Fault = {
  name: 'last thought against answer',
  plant(good, { chance, others }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    return wrong === null
      ? null
      : withTurn(
          good,
          -1,
          saying(text => text.replace('<answer>', `So the answer is ${wrong}.\n<answer>`)),
        )
  },
}

/** Right, and nothing was looked at. */
export const unlookedAnswer: Fault = {
  name: 'answer without looking',
  plant: good => ({ ...good, turns: good.turns.slice(-1) }),
}

/** It says the answer before the first call and looks only then. */
export const earlyAnswer: Fault = {
  name: 'answer before looking',
  plant: (good, { chance }) =>
    good.turns.length < 2
      ? null
      : withTurn(
          good,
          0,
          saying(text => `${chance.pick(early)(answerOf(good))} ${text}`),
        ),
}

const early: ((answer: string) => string)[] = [
  answer => `The answer is ${answer}.`,
  answer => `I can see at once that the correct answer is ${answer}.`,
  answer => `The answer must be ${answer}; I only confirm it.`,
]

function wrongFor(answer: string, chance: Random, others: readonly Trajectory[]): string | null {
  if (/^(?:yes|no)$/i.test(answer)) return /^yes$/i.test(answer) ? 'No' : 'Yes'
  const number = /\d+(?:\.\d+)?/.exec(answer)?.[0]
  if (number) return answer.replace(number, offBy(number, chance))
  const words = others.map(answerOf).filter(other => /^\p{L}/u.test(other) && !/^(?:yes|no)$/i.test(other))
  const different = words.filter(other => other.toLowerCase() !== answer.toLowerCase())
  return different.length > 0 ? chance.pick(different) : null
}

/** A small count is off by one, else a tenth is missing or too much. */
function offBy(number: string, chance: Random): string {
  const decimals = number.split('.')[1]?.length ?? 0
  const value = Number(number)
  if (decimals === 0 && value <= 20) return String(value + 1)
  return (value * chance.pick([0.9, 1.1])).toFixed(decimals)
}
