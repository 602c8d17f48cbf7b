import Type, { type Static } from 'typebox'
import { tokenizerFile } from '../../checks/reading/token-counter.ts'
import { closed, count, filledText, OptionsError } from '../../schemas/options.ts'
import type { LengthCounter } from './counter.ts'
import { estimatedTokens } from './estimate.ts'
import { visionFamilies } from './families.ts'
import { Family } from './family.ts'

/** For which student the lengths of rows are told. */
export const Lengths = closed({
  /** The family of models, `qwen2_5_vl` by default: it decides what a picture counts. */
  family: Type.Optional(Family),
  /** The student's `tokenizer.json`. Without it texts are guessed, rather too long than too short. */
  tokenizer: Type.Optional(filledText),
  /** Pixels that a picture is scaled down to, and up to; those of the family by default. */
  maxPixels: Type.Optional(count),
  minPixels: Type.Optional(count),
})
export type Lengths = Static<typeof Lengths>

/** Throws OptionsError where the tokenizer cannot be read, and where no picture can lie between the bounds. */
export function lengthCounter({
  family = 'qwen2_5_vl',
  tokenizer,
  maxPixels,
  minPixels,
}: Lengths): LengthCounter {
  const rule = visionFamilies[family]
  const pixels = { least: minPixels ?? rule.pixels.least, most: maxPixels ?? rule.pixels.most }
  if (pixels.least > pixels.most)
    throw new OptionsError(
      `lengths: pictures of ${pixels.least} pixels at least have more than ${pixels.most}; give other minPixels or maxPixels`,
    )
  const texts = tokenizer === undefined ? undefined : tokenizerOf(tokenizer)
  return {
    name: `${family}, ${texts?.name ?? 'texts estimated'}`,
    family,
    exact: texts !== undefined,
    text: texts?.count ?? estimatedTokens,
    picture: size => rule.tokens(size, pixels),
    message: 8,
    pixels,
  }
}

function tokenizerOf(path: string) {
  try {
    return tokenizerFile(path)
  } catch (error) {
    throw new OptionsError(`lengths: ${error instanceof Error ? error.message : String(error)}`)
  }
}
