/** A colour in Oklab (Ottosson 2020): lightness, green to red, blue to yellow. Distances in it are what eyes see. */
export type Oklab = [lightness: number, greenRed: number, blueYellow: number]

const linear = Array.from({ length: 256 }, (_, value) => {
  const c = value / 255
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
})

/** From sRGB, 0 to 255 each. */
export function oklab(red: number, green: number, blue: number): Oklab {
  const [r = 0, g = 0, b = 0] = [linear[red], linear[green], linear[blue]]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** Colours that people have names for, in the shades that print and screens give them. */
const palette = [
  '#ffffff #000000 #808080 #ce1126 #800014 #ff7800 #ffd200 #fff078 #007832 #00b450',
  '#78be28 #002878 #0050b4 #50aae6 #a0d7f5 #823c14 #c8a064 #78288c #f096aa #009696',
]
  .join(' ')
  .split(' ')
  .map(hex => oklab(...rgb(hex)))

export const paletteSize = palette.length

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** Brightness changes with exposure, so it counts less than hue. */
const nearness = (a: Oklab, b: Oklab): number =>
  Math.exp(-(0.6 * (a[0] - b[0]) ** 2 + 4 * ((a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)) / 0.0158)

const known = new Map<number, number[]>()

/**
 * How much a colour is of each palette colour; sums to 1. Takes colours in steps of 4, so that they can be remembered.
 */
export function paletteShares(red: number, green: number, blue: number): number[] {
  const key = ((red >> 2) << 12) | ((green >> 2) << 6) | (blue >> 2)
  const remembered = known.get(key)
  if (remembered) return remembered
  const colour = oklab(red & 252, green & 252, blue & 252)
  const near = palette.map(other => nearness(colour, other))
  const sum = near.reduce((a, b) => a + b, 1e-9)
  const shares = near.map(value => value / sum)
  known.set(key, shares)
  return shares
}
