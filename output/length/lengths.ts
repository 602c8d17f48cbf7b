import Type, { type Static } from 'typebox'
import { tokenizerFile } from '../../checks/reading/token-counter.ts'
import { closed, count, filledText } from '../../schemas/options.ts'
import type { LengthCounter } from './counter.ts'
import { estimatedTokens } from './estimate.ts'
import { Family, pictureRules } from './families.ts'

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

/** Throws an error in one line where the tokenizer cannot be read. */
export function lengthCounter({
  family = 'qwen2_5_vl',
  tokenizer,
  maxPixels,
  minPixels,
}: Lengths): LengthCounter {
  const rule = pictureRules[family]
  const pixels = { least: minPixels ?? rule.pixels.least, most: maxPixels ?? rule.pixels.most }
  const texts = tokenizer === undefined ? undefined : tokenizerFile(tokenizer)
  return {
    name: `${family}, ${texts?.name ?? 'texts estimated'}`,
    exact: texts !== undefined,
    text: texts?.count ?? estimatedTokens,
    picture: size => rule.tokens(size, pixels),
    message: 8,
    pixels,
  }
}
