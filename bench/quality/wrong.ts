import type { Random } from '../../examples/demo/random.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { answerOf } from './fault.ts'

/** Another answer of the same kind; null where there is none. */
export function wrongFor(answer: string, chance: Random, others: readonly Trajectory[]): string | null {
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
