import { unbounded, type VisionFamily } from './family.ts'

/**
 * Every picture is 896 pixels square, and 256 tokens with a mark and a line's end on each side (transformers,
 * `processing_gemma3`); nothing is panned and scanned, as is the default there and in trainers.
 */
export const gemma3: VisionFamily = {
  model: 'google/gemma-3-4b-it',
  template: 'gemma3',
  pixels: unbounded,
  tokens: () => 256 + 4,
}
