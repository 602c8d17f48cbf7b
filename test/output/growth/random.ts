import { createHash } from 'node:crypto'

/** Numbers that look random and are the same for the same seed. */
export function random(seed: string) {
  let state = createHash('sha256').update(seed).digest().readUInt32LE()
  /** 32 bits (Marsaglia's xorshift). */
  const whole = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
  const below = (limit: number) => whole() % limit
  return { whole, below, of: <T>(items: readonly T[]): T => items[below(items.length)] as T }
}
