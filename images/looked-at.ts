import { inPictureProcess } from '../store/picture-process.ts'
import type { Variant } from './variants.ts'

const look = <Result>(module: string, name: string) =>
  inPictureProcess<[bytes: Uint8Array], Result>(import.meta.url, module, name)

/** What is found in whole pictures, in the processes where pictures are decoded. */
export const lookedAt = {
  sketch: look<Uint8Array>('./sketch', 'sketchBytes'),
  perceptualHash: look<string>('./perceptual-hash', 'perceptualHash'),
  variants: look<Variant[]>('./variants', 'queryVariants'),
  isBlank: look<boolean>('./blank-picture', 'isBlank'),
}

/** For files of the user's own, such as benchmarks, as for pictures that are kept. */
export const ofAnyFormat = { anyFormat: true, cpuMs: 300_000 }
