import type { Page } from './page.ts'

/** Where a column is read, value by value. */
export interface Leaf {
  /** How far the next value is there: less than the column's own level where it, or something around it, is null. */
  definition(): number
  /** Which list the next value goes on with, counted from outside: 0 begins a row. */
  repetition(): number
  /** The next value; null where it is not there. */
  take(): unknown
}

/** Reads pages as they are needed. `most` is the level at which a value is there. */
export function leafOf(nextPage: () => Page | undefined, most: number): Leaf {
  let page: Page | undefined
  let next = 0
  let taken = 0

  /** The page that the next value is in; undefined at the end. */
  function here(): Page | undefined {
    if (page && next < page.count) return page
    // Let go of it first: it may be large, and so may be the next one.
    page = undefined
    page = nextPage()
    next = 0
    taken = 0
    return page
  }

  function needed(): Page {
    const found = here()
    if (!found) throw new Error('it ends before the rows do')
    return found
  }

  const definition = () => needed().definitions?.[next] ?? most

  function take(): unknown {
    const isThere = definition() === most
    const { values, dictionary } = needed()
    next += 1
    if (!isThere) return null
    const value = values[taken++]
    const found = dictionary ? dictionary[Number(value)] : value
    if (found === undefined) throw new Error('a page holds fewer values than it says')
    return found
  }

  return { definition, repetition: () => here()?.repetitions?.[next] ?? 0, take }
}
