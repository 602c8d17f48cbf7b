import type { Family, VisionFamily } from './family.ts'
import { gemma3 } from './gemma3.ts'
import { internvl } from './internvl.ts'
import { llava } from './llava.ts'
import { llavaNext } from './llava-next.ts'
import { qwen2_5_vl, qwen3_vl } from './qwen-vl.ts'

export const visionFamilies: Record<Family, VisionFamily> = {
  qwen2_5_vl,
  qwen3_vl,
  gemma3,
  llava,
  llava_next: llavaNext,
  internvl,
}
