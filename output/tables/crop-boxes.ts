import Type from 'typebox'
import { boxesIn, type CropBox } from '../../checks/code/crop-boxes.ts'
import type { Image } from '../../schemas/image.ts'
import { parseJson } from '../../schemas/json.ts'
import type { Fact, ToolCall, Turn } from '../../schemas/trajectory.ts'
import { lazyValidator } from '../../schemas/validate.ts'
import { decimal, int32, list, struct } from '../columns.ts'

/** In pixels of a picture; `image` is its place in the row's `images`, from 0. */
type Region = Record<'image' | 'left' | 'top' | 'right' | 'bottom', number>

/** Null is a crop that nobody could work out, and no list is a call of which nobody knows. */
type Regions = (Region | null)[] | null

export const boxesField = list(
  'boxes',
  struct('element', [int32('image'), ...['left', 'top', 'right', 'bottom'].map(decimal)]).type,
)

/**
 * What each call looked closer at, by turn: code as a check found it, and a tool as it was told. `pictures` are those
 * of the row.
 */
export function regionsOf(
  turns: readonly Turn[],
  facts: readonly Fact[],
  pictures: readonly Image[],
): Regions[][] {
  const cells = boxesIn(facts)?.values()
  return turns.map(({ reply, observations }) =>
    reply.calls.map((call, index) => {
      const seen = observations[index]
      if (seen?.data?.kind === 'cell') return cells?.next().value?.map(ofCode) ?? null
      return seen && !seen.mistake ? told(call, pictures) : null
    }),
  )
}

const placeOf = (name: string): number => Number(/^image_([1-9]\d{0,6})$/.exec(name)?.[1] ?? 0) - 1

function ofCode(box: CropBox | null): Region | null {
  if (!box) return null
  const [name, left, top, right, bottom] = box
  return { image: placeOf(name), left, top, right, bottom }
}

/** Corners in pixels, as models are taught to say them. */
const corners = lazyValidator(
  Type.Object({
    bbox_2d: Type.Array(Type.Number(), { minItems: 4, maxItems: 4 }),
    image: Type.Optional(Type.String()),
  }),
)

function told({ arguments: raw }: ToolCall, pictures: readonly Image[]): Regions {
  const read = corners(parseJson(raw))
  if (!read.ok) return null
  const { bbox_2d, image: name = 'image_1' } = read.value
  const [left = 0, top = 0, right = 0, bottom = 0] = bbox_2d
  const image = placeOf(name)
  const of = pictures[image]
  const isInPixels = of && right > left && bottom > top && bbox_2d.some(edge => edge > 1)
  if (!isInPixels) return [null]
  return [
    {
      image,
      left: Math.max(0, Math.floor(left)),
      top: Math.max(0, Math.floor(top)),
      right: Math.min(of.width, Math.ceil(right)),
      bottom: Math.min(of.height, Math.ceil(bottom)),
    },
  ]
}
