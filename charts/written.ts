/** A number of things; on an axis there are no halves of them. */
export const countText = (value: number): string => (Number.isInteger(value) ? grouped(value) : '')

const grouped = (value: number) => `${value}`.replaceAll(/\B(?=(\d{3})+$)/g, '\u202f')

/** 0 to 1, in percent. */
export const shareText = (value: number): string =>
  `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`

/** Dollars, with three figures that count. */
export const usdText = (value: number): string =>
  `$${value === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(Math.max(2, 2 - Math.floor(Math.log10(value))))}`
