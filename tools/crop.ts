import Type, { type Static } from 'typebox'
import type { Box } from '../images/redrawing.ts'
import { ofKept, redrawn } from '../images/redrawn.ts'
import type { Image } from '../schemas/image.ts'
import { closed, factory, filledText } from '../schemas/options.ts'
import { imageNames, shownImage, shownParts } from './shown-image.ts'
import { defineTool, Tool, ToolError } from './tool.ts'

const args = Type.Object(
  {
    bbox_2d: Type.Array(Type.Number(), {
      minItems: 4,
      maxItems: 4,
      description: 'The region as [x1, y1, x2, y2] in pixels of the image; x1, y1 is its top left corner.',
    }),
    label: Type.Optional(Type.String({ description: 'What is in the region.' })),
    image: Type.Optional(
      Type.String({
        description: 'Name of the image, such as image_1 (the default) or a crop you were shown.',
      }),
    ),
  },
  { additionalProperties: false },
)

/** Models' image processors refuse pictures that are thinner. */
const thinnest = 100
/** Pixels: below it a side holds fewer than two patches of 28, and models see next to nothing. */
const smallestSide = 56

export const CropOptions = closed({
  /** What teachers know it by. */
  name: Type.Optional(filledText),
})
export type CropOptions = Static<typeof CropOptions>

/**
 * A tool that crops a region of an image that was shown, as a lossless image of its own. A small region is magnified by
 * a whole number, so that every pixel is one of the picture. The contract is DeepEyes V1's (arXiv 2505.14362,
 * `image_zoom_in_tool`), with two changes: `bbox_2d` is required, which its schema got wrong, and `image` says which
 * image is meant, without which only the first could be looked at.
 */
export const crop = factory(Tool, 'crop', CropOptions, ({ name = 'image_zoom_in_tool' }) =>
  defineTool({
    name,
    description:
      'Look closer at a region of an image: it is cut out, magnified if it is small, and shown as a new image.',
    withoutImages: null,
    args,
    options: { thinnest, smallestSide },
    stateful: false,
    repeatable: true,
    async run({ bbox_2d, label = '', image: named = 'image_1' }, context) {
      const source = shownImage(named, context.images)
      const box = boxWithin(bbox_2d, source, named)
      const factor = Math.ceil(smallestSide / Math.min(box.width, box.height))
      const image = await context.keep(await redrawn.cutOut(ofKept, await context.bytes(source), box, factor))
      if (!image) throw new ToolError(`This region of ${named} cannot be shown.`)
      const { left, top, width, height } = box
      const text = [
        `[${left}, ${top}, ${left + width}, ${top + height}] of ${named}`,
        factor > 1 ? `, magnified ${factor} times` : '',
        label.trim() === '' ? '' : ` (${JSON.stringify(label.toWellFormed())})`,
      ].join('')
      return {
        parts: shownParts(`${text}\n\n${imageNames([image], context.images.length)}`, [image]),
        data: null,
        mistake: null,
      }
    },
  }),
)

/** Whole pixels, and only those that the image has. Throws ToolError where none or too thin a strip is left. */
function boxWithin(corners: number[], { width, height }: Image, named: string): Box {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners
  const refuse = (what: string): never => {
    throw new ToolError(`The box [${corners.join(', ')}] ${what}; ${named} is ${width}x${height} pixels.`)
  }
  if (x1 >= x2 || y1 >= y2) refuse('is empty: x1 must be less than x2 and y1 less than y2')
  if (corners.every(value => value <= 1) && width * height > 1) refuse('is not in pixels')
  const [left, right] = [Math.max(0, Math.floor(x1)), Math.min(width, Math.ceil(x2))]
  const [top, bottom] = [Math.max(0, Math.floor(y1)), Math.min(height, Math.ceil(y2))]
  if (left >= right || top >= bottom) refuse('lies outside of the image')
  const box = { left, top, width: right - left, height: bottom - top }
  if (Math.max(box.width / box.height, box.height / box.width) > thinnest)
    refuse(`is too thin: one side may be ${thinnest} times the other at most`)
  return box
}
