/** A grey picture: rows of values from 0 to 255. */
export interface Plane {
  width: number
  height: number
  values: Float32Array
}

/** A part of a picture, in shares of its width and height: its upper left corner and its size. */
export interface Window {
  x: number
  y: number
  width: number
  height: number
}

export const whole: Window = { x: 0, y: 0, width: 1, height: 1 }

/** Sums over all values above and left of a place, from which the mean of any rectangle is four look-ups. */
export function integral({ width, height, values }: Plane): Plane {
  const sums = new Float32Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y++) {
    let row = 0
    for (let x = 0; x < width; x++) {
      row += values[y * width + x] as number
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] as number) + row
    }
  }
  return { width: width + 1, height: height + 1, values: sums }
}

/** The means of a window's `size` × `size` equal cells. */
export function cells(sums: Plane, window: Window, size: number): Float32Array {
  const columns = edges(window.x, window.width, size, sums.width - 1)
  const rows = edges(window.y, window.height, size, sums.height - 1)
  const corners = new Float64Array((size + 1) ** 2)
  for (let row = 0; row <= size; row++)
    for (let column = 0; column <= size; column++)
      corners[row * (size + 1) + column] = sumAt(sums, columns[column] as number, rows[row] as number)
  const area = (window.width * (sums.width - 1) * window.height * (sums.height - 1)) / size ** 2
  const means = new Float32Array(size ** 2)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = row * (size + 1) + column
      const above = (corners[at + 1] as number) - (corners[at] as number)
      const below = (corners[at + size + 2] as number) - (corners[at + size + 1] as number)
      means[row * size + column] = (below - above) / area
    }
  }
  return means
}

const edges = (start: number, length: number, size: number, pixels: number) =>
  Float64Array.from({ length: size + 1 }, (_, index) =>
    Math.min(pixels, Math.max(0, (start + (length * index) / size) * pixels)),
  )

/** Between pixels, sums grow evenly. */
function sumAt({ width, height, values }: Plane, x: number, y: number): number {
  const [left, top] = [Math.min(width - 2, Math.floor(x)), Math.min(height - 2, Math.floor(y))]
  const [right, down] = [x - left, y - top]
  const at = top * width + left
  const above = (values[at] as number) * (1 - right) + (values[at + 1] as number) * right
  const below = (values[at + width] as number) * (1 - right) + (values[at + width + 1] as number) * right
  return above * (1 - down) + below * down
}
