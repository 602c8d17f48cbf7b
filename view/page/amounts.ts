/** Dollars in as many digits as tell something. */
export const inDollars = (usd: number): string => (usd === 0 ? '$0' : `$${Number(usd.toPrecision(2))}`)

export const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
