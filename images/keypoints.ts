import type { Plane, Window } from './plane.ts'

/** Standard deviations of the blurs, in pixels: three to a doubling. */
const finest = 1.4
const blurs = Array.from({ length: 9 }, (_, index) => finest * 2 ** (index / 3))
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
  const differences = blurred.slice(1).map((level, index) => minus(level, blurred[index] ?? level))
  const found: { strength: number; window: Window }[] = []
  for (let level = 1; level < differences.length - 1; level++) {
    const margin = Math.ceil(((blurs[level] ?? 0) * reach) / 2)
    for (const { x, y, scale, strength } of extrema(differences, level, margin))
      found.push({ strength, window: windowAt(plane, x, y, finest * 2 ** (scale / 3) * reach) })
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
  const [finer, plane, coarser] = differences.slice(level - 1, level + 2)
  if (!finer || !plane || !coarser) return
  const { width, height, values } = plane
  const near = [finer.values, values, coarser.values]
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const at = y * width + x
      const value = values[at] ?? 0
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
        const other = values[at + row + step] ?? 0
        if (sign * other > sign * value || (other === value && values === near[1] && row + step < 0))
          return false
      }
  return true
}

function minus({ width, height, values }: Plane, other: Plane): Plane {
  const differences = new Float32Array(values.length)
  for (let at = 0; at < values.length; at++) differences[at] = (values[at] ?? 0) - (other.values[at] ?? 0)
  return { width, height, values: differences }
}

/** Three box blurs are nearly a Gaussian (Wells 1986). */
function blur({ width, height, values }: Plane, sigma: number): Plane {
  const radius = (Math.sqrt(4 * sigma ** 2 + 1) - 1) / 2
  const [blurred, turned] = [new Float32Array(values), new Float32Array(values.length)]
  for (let round = 0; round < 3; round++) {
    blurRows({ width, height, values: blurred }, radius, turned)
    blurRows({ width: height, height: width, values: turned }, radius, blurred)
  }
  return { width, height, values: blurred }
}

/** Blur along rows, by a box whose ends may be parts of a pixel, into `turned`, whose rows are the columns. */
function blurRows({ width, height, values }: Plane, radius: number, turned: Float32Array) {
  const whole = Math.floor(radius)
  const part = radius - whole
  const size = 2 * radius + 1
  // Beyond its ends a row goes on as it ends, for as many pixels as the box reaches.
  const margin = whole + 1
  const row = new Float32Array(width + 2 * margin)
  for (let y = 0; y < height; y++) {
    row.set(values.subarray(y * width, (y + 1) * width), margin)
    row.fill(row[margin] ?? 0, 0, margin)
    row.fill(row[margin + width - 1] ?? 0, margin + width)
    let sum = 0
    for (let x = 1; x < 2 * margin; x++) sum += row[x] ?? 0
    for (let x = 0; x < width; x++) {
      const before = row[x] ?? 0
      const after = row[x + 2 * margin] ?? 0
      turned[x * height + y] = (sum + part * (before + after)) / size
      sum += after - (row[x + 1] ?? 0)
    }
  }
}
