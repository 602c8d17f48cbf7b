import type { CutRegion } from '../../images/cut-regions.ts'
import { foundRegions } from '../../images/found-regions.ts'
import { ofKept } from '../../images/redrawn.ts'
import type { Image } from '../../schemas/image.ts'
import type { CheckContext } from '../check.ts'
import type { PlacedCell } from './cells.ts'
import type { CellBoxes, CropBox } from './crop-boxes.ts'

type Boxes = CellBoxes[number]

/**
 * What cells crop, with the boxes that code does not tell taken from what it showed: a picture that lies in one of
 * `pictures`, pixel by pixel, was cropped there.
 */
export async function withShownBoxes(
  cells: readonly PlacedCell[],
  boxes: CellBoxes,
  pictures: readonly Image[],
  { bytes, signal }: Pick<CheckContext, 'bytes' | 'signal'>,
): Promise<CellBoxes> {
  const shown = cells.map(({ cell }, index) => (isUntold(boxes[index]) ? cell.images : []))
  const parts = shown.flat()
  if (parts.length === 0) return boxes
  const bytesOf = (images: readonly Image[]) => Promise.all(images.map(bytes))
  const found = await foundRegions({ ...ofKept, signal }, await bytesOf(parts), await bytesOf(pictures))
  return boxes.map((each, index) => {
    const own = found.splice(0, shown[index]?.length).filter(region => region !== null)
    return own.length > 0 ? completed(each, own.map(boxOf)) : each
  })
}

const isUntold = (boxes: Boxes | undefined): boolean => !boxes || boxes.includes(null)

const boxOf = ({ picture, left, top, right, bottom }: CutRegion): CropBox => [
  `image_${picture + 1}`,
  ...([left, top, right, bottom] as const),
]

/** A crop in a loop is one that nobody could read, and may have shown several. */
function completed(boxes: Boxes, shown: readonly CropBox[]): Boxes {
  const told = new Set(boxes?.map(String))
  const added = shown.filter(box => !told.has(String(box)))
  const all = (boxes ?? []).map(box => box ?? added.shift() ?? null)
  return [...all, ...added]
}
