import Type, { type Static } from 'typebox'
import type { Image } from '../schemas/image.ts'
import { closed, factory, from0, shareAbove0 } from '../schemas/options.ts'
import { imagesIn } from '../schemas/task.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { Check, fail, pass } from './check.ts'
import { analysed, read } from './code/analysis.ts'
import { cellsOf, type PlacedCell, placeOf } from './code/cells.ts'
import type { CellBoxes, CropBox } from './code/crop-boxes.ts'
import { withShownBoxes } from './code/shown-boxes.ts'
import { byRecord } from './reading/by-record.ts'

const analyser = read('recrop.py')

export const RecropOptions = closed({
  /** Share of their union that two boxes on one image must have in common to be the same region, over 0 to 1. */
  overlap: Type.Optional(shareAbove0),
  /** Cells that may show a region again. */
  allowed: Type.Optional(from0),
})
export type RecropOptions = Static<typeof RecropOptions>

/** As many cells that do the same are a loop. */
const loop = 3

/**
 * No region of an image is cropped again. Cropping again hurt training where it was measured (Skywork-R1V4 removes such
 * trajectories). A cell repeats if cells before it showed all pictures that it shows, pixel by pixel. It also repeats
 * if it only crops boxes that were shown before, as far as literals and constants of earlier cells tell what they are.
 * A crop that is enlarged, measured or read is something new; so is one that was made but not shown, or whose cell
 * failed. Where a cell is missing, no repetition among the others is `no_record`. `data` holds all boxes, by cell: what
 * code calculated from pixels is told as far as its cell showed what it cropped.
 *
 * It cannot see: boxes that were calculated from pixels, unless the pictures are the same; the same region shown a
 * little larger or moved by more than `overlap` allows with other code around it.
 */
export const recrop = factory(Check, 'recrop', RecropOptions, ({ overlap = 0.9, allowed = 0 }) => {
  return {
    name: 'recrop',
    version: 3,
    options: { overlap, allowed },
    measure: byRecord(['code'], async (trajectory, context) => {
      const cells = cellsOf(trajectory)
      if (cells.length === 0) return pass('none')
      const session = { sizes: sizesOf(trajectory), codes: cells.map(({ cell }) => cell.code) }
      const found = await analysed<Cropped[]>(analyser, session, context)
      // One cell repeats nothing, whatever it is.
      if (!found.ok) return cells.length === 1 ? pass() : found.measured
      const told = found.value.map(({ crops }) => crops)
      const data = { boxes: await withShownBoxes(cells, told, picturesOf(trajectory), context) }
      const again = repeats(cells, found.value, overlap)
      if (again.length <= allowed) return pass(again.length === 0 ? '' : `allowed: ${again.length}`, data)
      return fail(again.length >= loop ? 'loop' : 'repeated', again.join(', '), data)
    }),
  }
})

interface Cropped {
  crops: CellBoxes[number]
  plain: boolean
}

const picturesOf = ({ question }: Trajectory): Image[] => imagesIn(question)

const sizesOf = (trajectory: Trajectory): Record<string, [number, number]> =>
  Object.fromEntries(
    picturesOf(trajectory).map(({ width, height }, index) => [`image_${index + 1}`, [width, height]]),
  )

/** Where cells repeat others, in words. */
function repeats(cells: readonly PlacedCell[], found: readonly Cropped[], overlap: number): string[] {
  const pictures = new Map<string, PlacedCell>()
  const boxes: { box: CropBox; place: PlacedCell }[] = []
  const again: string[] = []
  for (const [index, place] of cells.entries()) {
    const known = knownBoxes(found[index])
    if (place.cell.status !== 'ok') continue
    const before = plainBoxes(found[index])
      ? sameBoxes(place, known, boxes, overlap)
      : samePictures(place, pictures)
    if (before) again.push(`${placeOf(place)} repeats ${placeOf(before)}`)
    for (const { pixels } of place.cell.images) if (!pictures.has(pixels)) pictures.set(pixels, place)
    if (gaveAny(place)) boxes.push(...known.map(box => ({ box, place })))
  }
  return again
}

const knownBoxes = (found: Cropped | undefined): CropBox[] => (found?.crops ?? []).filter(box => box !== null)

/** If boxes say what is cropped, pixels need not be compared: two empty corners look the same. */
const plainBoxes = (found: Cropped | undefined): boolean =>
  found?.plain === true && !!found.crops?.length && found.crops.every(box => box !== null)

const gaveAny = ({ cell }: PlacedCell): boolean =>
  cell.images.length > 0 || cell.stdout.trim() !== '' || cell.result !== null

function samePictures({ cell }: PlacedCell, seen: ReadonlyMap<string, PlacedCell>): PlacedCell | undefined {
  const before = cell.images.map(({ pixels }) => seen.get(pixels))
  return before.every(Boolean) ? before[0] : undefined
}

function sameBoxes(
  { cell }: PlacedCell,
  crops: readonly CropBox[],
  before: readonly { box: CropBox; place: PlacedCell }[],
  overlap: number,
): PlacedCell | undefined {
  // What was measured before and is shown now is shown for the first time.
  const comparable = before.filter(({ place }) => cell.images.length === 0 || place.cell.images.length > 0)
  const same = crops.map(crop => comparable.find(({ box }) => common(crop, box) >= overlap))
  return same.every(Boolean) ? same[0]?.place : undefined
}

/** Intersection over union; 0 on different images. */
function common(a: CropBox, b: CropBox): number {
  if (a[0] !== b[0]) return 0
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  const height = Math.min(a[4], b[4]) - Math.max(a[2], b[2])
  const both = Math.max(width, 0) * Math.max(height, 0)
  const area = ([, left, top, right, bottom]: CropBox) =>
    Math.max(right - left, 0) * Math.max(bottom - top, 0)
  const union = area(a) + area(b) - both
  return union === 0 ? 0 : both / union
}
