import { inPictureProcess } from '../store/picture-process.ts'
import type { Box, Drawn } from './redrawing.ts'

const redrawing = <Args extends unknown[], Result>(name: string) =>
  inPictureProcess<Args, Result>(import.meta.url, './redrawing', name)

/** What `redrawing.ts` does, in the processes where pictures are decoded. */
export const redrawn = {
  cutOut: redrawing<[bytes: Uint8Array, box: Box, factor: number], Uint8Array>('cutOut'),
  inColour: redrawing<[bytes: Uint8Array], Uint8Array>('inColour'),
  smallJpeg: redrawing<[bytes: Uint8Array, size: number], Uint8Array>('smallJpeg'),
  smallPng: redrawing<[bytes: Uint8Array, size: number], Uint8Array>('smallPng'),
  fitted: redrawing<[bytes: Uint8Array, side: number, maxBytes: number], Drawn>('fitted'),
}

/** For pictures that are kept: that they can be decoded is known, and drawing them may take longer. */
export const ofKept = { cpuMs: 300_000 }
