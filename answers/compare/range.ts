import { bare } from '../reading/plain.ts'
import { type Quantity, quantity } from './quantity.ts'
import { order } from './rational.ts'

export interface Range {
  low: Quantity
  high: Quantity
}

const forms = [
  /^between (.+) and (.+)$/i,
  /^(?:from )?(.+?) (?:to|until) (.+)$/i,
  /^(.*?\d[^\s-]*(?: ?[\p{L}%°]+)?) ?-{1,2} ?(\D{0,4}\d.*)$/u,
]
const scaled = /hundred|thousand|million|billion|trillion|\d ?(?:k|[mb]n)\b/i

/** Read `10-12 km`, `10 to 12 km` or `between 10 and 12 km`, from the lower to the higher; null for anything else. */
export function range(text: string): Range | null {
  const inner = bare(text)
  const [, from = '', to = ''] = forms.map(form => form.exec(inner)).find(Boolean) ?? []
  const [low, high] = [quantity(from), quantity(to)]
  // "10 to 12 million" does not say what ten is.
  if (!low || !high || scaled.test(from) !== scaled.test(to)) return null
  const whole = low.units.length === 0 ? { ...low, units: high.units } : low
  const sameUnits = whole.units.map(unit => unit.name).join() === high.units.map(unit => unit.name).join()
  return sameUnits && order(low.value, high.value) < 0 ? { low: whole, high } : null
}
