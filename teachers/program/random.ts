import { sha256 } from '../../schemas/hash.ts'

/** A number in [0, 1) that only depends on what it is asked about: no clock, no state. */
export const chance = (...about: (string | number)[]): number =>
  Number.parseInt(sha256(JSON.stringify(about)).slice(0, 12), 16) / 2 ** 48

/** One of several, by the same rule. */
export function pick<T>(options: readonly [T, ...T[]], ...about: (string | number)[]): T {
  return options[Math.floor(chance(...about) * options.length)] ?? options[0]
}
