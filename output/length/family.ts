import Type, { type Static } from 'typebox'

/** The families of vision-language models whose way to count a picture is known. */
export const Family = Type.Enum(['qwen2_5_vl', 'qwen3_vl', 'gemma3', 'llava', 'llava_next', 'internvl'])
export type Family = Static<typeof Family>

/** The pixels between which a picture is scaled before it is counted. */
export interface Pixels {
  least: number
  most: number
}

/** How large a picture is, in pixels. */
export interface Size {
  width: number
  height: number
}

/** A family of vision-language models, as far as trainers and counting need to know it. */
export interface VisionFamily {
  /** A model of the family, by its name on the Hub. */
  model: string
  /** What LLaMA-Factory calls its template. */
  template: string
  /** The family's own bounds. */
  pixels: Pixels
  /** Tokens of a picture, with those that stand around it. */
  tokens(size: Size, pixels: Pixels): number
}

/** Of families that have no bounds of their own: what trainers are told so that they scale nothing. */
export const unbounded: Pixels = { least: 1, most: 2 ** 26 }

/** A picture as trainers scale it to pixels within bounds, before the model's own processor sees it. */
export function scaledWithin({ width, height }: Size, { least, most }: Pixels): Size {
  const pixels = width * height
  const factor = Math.sqrt(Math.max(least, Math.min(most, pixels)) / pixels)
  const side = (length: number) => Math.max(1, Math.trunc(length * factor))
  return factor === 1 ? { width, height } : { width: side(width), height: side(height) }
}
