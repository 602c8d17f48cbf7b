import type { Json } from '../../schemas/json.ts'
import { chance } from './random.ts'

/** The ways in which the program errs on purpose, as real teachers do. */
export const faults = [
  'wrong_answer',
  'python_exception',
  'malformed_arguments',
  'unknown_tool',
  'comment_only_code',
  'truncated',
  'empty',
  'endless_turns',
  'missing_rationale',
] as const
export type Fault = (typeof faults)[number]

/** Chance of each fault per turn in which it can happen: an answer can only be wrong in the turn that answers. */
export type Rates = Record<Fault, number>

export const defaultRates: Rates = {
  wrong_answer: 0.025,
  python_exception: 0.025,
  malformed_arguments: 0.012,
  unknown_tool: 0.01,
  comment_only_code: 0.025,
  truncated: 0.008,
  empty: 0.005,
  endless_turns: 0.004,
  missing_rationale: 0.01,
}

/** Rates from an option: a number is the sum of all, in the default proportions; a record names the only ones. */
export function ratesOf(errors: number | Partial<Rates> | undefined): Rates {
  const rates =
    errors === undefined ? defaultRates : typeof errors === 'number' ? scaled(errors) : only(errors)
  const sum = total(rates)
  const wrong = faults.find(fault => !(rates[fault] >= 0))
  if (wrong || sum > 1 + 1e-9) {
    throw new RangeError(`program teacher: error rates lie between 0 and 1 in sum, not ${wrong ?? sum}`)
  }
  return rates
}

const total = (rates: Rates): number => faults.reduce((sum, fault) => sum + rates[fault], 0)
const map = (rate: (fault: Fault) => number): Rates =>
  Object.fromEntries(faults.map(fault => [fault, rate(fault)])) as Rates
const only = (some: Partial<Rates>): Rates => map(fault => some[fault] ?? 0)
const scaled = (sum: number): Rates => map(fault => (defaultRates[fault] / total(defaultRates)) * sum)

/** The fault that luck has for this turn, if any. Whether it can happen there is for the turn to say. */
export function drawFault(rates: Rates, task: string, sample: number, turn: number): Fault | null {
  let left = chance('fault', task, sample, turn)
  for (const fault of faults) {
    left -= rates[fault]
    if (left < 0) return fault
  }
  return null
}

/** The fault that was planted in a reply, from the assistant message as the wire gave it. */
export function plantedFault(raw: Json): Fault | null {
  const planted = field(field(raw, 'kindling'), 'planted')
  return faults.find(fault => fault === planted) ?? null
}

const field = (value: Json, key: string): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value[key] ?? null) : null
