import { inPictureProcess } from '../store/picture-process.ts'
import type { CutRegion } from './cut-regions.ts'

/** What `cut-regions.ts` does, in the processes where pictures are decoded. */
export const foundRegions = inPictureProcess<
  [parts: readonly Uint8Array[], pictures: readonly Uint8Array[]],
  (CutRegion | null)[]
>(import.meta.url, './cut-regions', 'cutRegions')
