import { sha256 } from '../../schemas/hash.ts'

/** Chance that a seed decides: the same seed gives the same sequence on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number, both ends included. */
  integer(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  /** A part of a list in a new order. */
  sample<T>(list: readonly T[], count: number): T[]
}

/** The sequence of a seed (mulberry32, T. Ettinger 2017, public domain). */
export function random(seed: string): Random {
  let state = Number.parseInt(sha256(seed).slice(0, 8), 16)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const take = <T>(list: readonly T[], index: number): T => {
    if (index >= list.length) throw new RangeError('nothing to pick from: the list is empty')
    return list[index] as T
  }
  return {
    next,
    integer,
    pick: list => take(list, integer(0, list.length - 1)),
    sample(list, count) {
      const rest = [...list]
      return Array.from({ length: Math.min(count, rest.length) }, () =>
        take(rest.splice(integer(0, rest.length - 1), 1), 0),
      )
    },
  }
}
