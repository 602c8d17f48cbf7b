import Type, { type Static } from 'typebox'
import type { Fact } from '../../schemas/trajectory.ts'
import { lazyValidator } from '../../schemas/validate.ts'

/** A region in pixels of a picture of the question, which has the name that code knows it by, such as `image_1`. */
type CropBox = [picture: string, left: number, top: number, right: number, bottom: number]
const edge = Type.Number()
const CropBox = Type.Unsafe<CropBox>({
  type: 'array',
  prefixItems: [Type.String(), edge, edge, edge, edge],
  minItems: 5,
  maxItems: 5,
})

export type { CropBox }

const OrNothing = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** For each cell of code that ran, in order, what it crops: null is a crop, or a whole cell, that nobody could read. */
const CellBoxes = Type.Array(OrNothing(Type.Array(OrNothing(CropBox))))
export type CellBoxes = Static<typeof CellBoxes>

const data = lazyValidator(Type.Object({ boxes: CellBoxes }))

/** What cells crop, from the fact that tells; undefined where none does. */
export function boxesIn(facts: readonly Fact[]): CellBoxes | undefined {
  for (const fact of facts) {
    const read = data(fact.data)
    if (read.ok) return read.value.boxes
  }
  return undefined
}
