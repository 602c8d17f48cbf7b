import { unbounded, type VisionFamily } from './family.ts'

/** LLaVA 1.5: every picture is cut to 336 pixels square, in patches of 14 (transformers, `processing_llava`). */
export const llava: VisionFamily = {
  model: 'llava-hf/llava-1.5-7b-hf',
  template: 'llava',
  pixels: unbounded,
  tokens: () => (336 / 14) ** 2,
}
