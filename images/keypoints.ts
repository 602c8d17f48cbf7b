import type { Plane, Window } from './plane.ts'

/** Standard deviations of the blurs, in pixels: three to a doubling. */
const blurs = Array.from({ length: 9 }, (_, index) => 1.4 * 2 ** (index / 3))
/** How far a spot must stand out from its surroundings, of 255. */
const contrast = 3
/** Half a patch's side, in standard deviations. */
const reach = 5

/**
 * The windows around the spots that stand out most, at the sizes at which they do: they are found again in a cropped or
 * resized picture. Extrema of differences of Gaussians, as in SIFT (Lowe 2004), without its orientations.
 */
export function keypoints(plane: Plane, most: number): Window[] {
  const blurred = blurs.map(sigma => blur(plane, sigma))
  const differences = blurred.slice(1).map((level, index) => minus(level, blurred[index] as Plane))
  const found: { strength: number; window: Window }[] = []
  for (let level = 1; level < differences.length - 1; level++) {
    const margin = Math.ceil(((blurs[level] as number) * reach) / 2)
    for (const { x, y, scale, strength } of extrema(differences, level, margin))
      found.push({ strength, window: windowAt(plane, x, y, (blurs[0] as number) * 2 ** (scale / 3) * reach) })
  }
  return found
    .sort((a, b) => b.strength - a.strength)
    .slice(0, most)
    .map(({ window }) => window)
}

const windowAt = ({ width, height }: Plane, x: number, y: number, radius: number): Window => ({
  x: (x + 0.5 - radius) / width,
  y: (y + 0.5 - radius) / height,
  width: (2 * radius) / width,
  height: (2 * radius) / height,
})

function* extrema(differences: readonly Plane[], level: number, margin: number) {
  const { width, height, values } = differences[level] as Plane
  const near = differences.slice(level - 1, level + 2).map(plane => plane.values)
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const at = y * width + x
      const value = values[at] as number
      if (Math.abs(value) >= contrast && isExtreme(near, at, width, value))
        yield {
          x: x + peak(values[at - 1], value, values[at + 1]),
          y: y + peak(values[at - width], value, values[at + width]),
          scale: level + peak(near[0]?.[at], value, near[2]?.[at]),
          strength: Math.abs(value),
        }
    }
  }
}

/** Where the parabola through three neighbouring values has its top, from -0.5 to 0.5 around the middle one. */
function peak(before = 0, value: number, after = 0): number {
  const bend = before - 2 * value + after
  return bend === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)))
}

function isExtreme(near: readonly Float32Array[], at: number, width: number, value: number): boolean {
  const sign = Math.sign(value)
  for (const values of near)
    for (let row = -width; row <= width; row += width)
      for (let step = -1; step <= 1; step++) {
        const other = values[at + row + step] as number
        if (sign * other > sign * value || (other === value && values === near[1] && row + step < 0))
          return false
      }
  return true
}

const minus = ({ width, height, values }: Plane, other: Plane): Plane => ({
  width,
  height,
  values: values.map((value, at) => value - (other.values[at] as number)),
})

/** Three box blurs are nearly a Gaussian (Wells 1986). */
function blur(plane: Plane, sigma: number): Plane {
  const radius = (Math.sqrt(4 * sigma ** 2 + 1) - 1) / 2
  let blurred = plane
  for (let round = 0; round < 3; round++) blurred = boxBlur(blurred, radius)
  return blurred
}

function boxBlur(plane: Plane, radius: number): Plane {
  return transposedBlur(transposedBlur(plane, radius), radius)
}

/** Blur along rows, by a box whose ends may be parts of a pixel, and swap rows with columns. */
function transposedBlur({ width, height, values }: Plane, radius: number): Plane {
  const blurred = new Float32Array(width * height)
  const whole = Math.floor(radius)
  const part = radius - whole
  const size = 2 * radius + 1
  for (let y = 0; y < height; y++) {
    const row = values.subarray(y * width, (y + 1) * width)
    const at = (x: number) => row[x < 0 ? 0 : x >= width ? width - 1 : x] as number
    let sum = 0
    for (let x = -whole; x <= whole; x++) sum += at(x)
    for (let x = 0; x < width; x++) {
      blurred[x * height + y] = (sum + part * (at(x - whole - 1) + at(x + whole + 1))) / size
      sum += at(x + whole + 1) - at(x - whole)
    }
  }
  return { width: height, height: width, values: blurred }
}
