import sharp from 'sharp'
import { features } from './features.ts'
import { onWhite } from './pixels.ts'
import { type Template, templateOf } from './template.ts'

/** One way to look at a query, and how much a similarity found in that way is trusted. */
export interface Variant {
  look: Float32Array
  template: Template
  trust: number
}

/** Below 1, so that of two pictures that mirror each other the one that is not mirrored is first. */
const mirroredTrust = 0.985
const trimmedTrust = 0.94
/** What is read again at once is not worth packing. */
const unpacked = { compressionLevel: 0 }

/** A query as it is, without a plain border, and both mirrored. */
export async function queryVariants(bytes: Uint8Array): Promise<Variant[]> {
  const whole = await onWhite(bytes).toColourspace('srgb').png(unpacked).toBuffer()
  const inner = await withoutBorder(whole)
  const views = [{ view: whole, trust: 1 }, ...(inner ? [{ view: inner, trust: trimmedTrust }] : [])]
  const variants = views.map(async ({ view, trust }) => [
    await seen(view, trust),
    await seen(await sharp(view).flop().png(unpacked).toBuffer(), trust * mirroredTrust),
  ])
  return (await Promise.all(variants)).flat()
}

const seen = async (view: Buffer, trust: number): Promise<Variant> => ({
  look: await features(view),
  template: await templateOf(view),
  trust,
})

const side = 128

/** The part that stands out from a plain or slightly noisy border; null where there is no border. */
async function withoutBorder(bytes: Uint8Array): Promise<Buffer | null> {
  const { width, height } = await sharp(bytes).metadata()
  const calm = await sharp(bytes).resize(side, side, { fit: 'fill' }).median(5).png(unpacked).toBuffer()
  const { info } = await sharp(calm)
    .trim({ threshold: 30 })
    .png(unpacked)
    .toBuffer({ resolveWithObject: true })
  const covered = (info.width * info.height) / side ** 2
  if (covered < 0.15 || covered > 0.9) return null
  const across = width / side
  const down = height / side
  return await sharp(bytes)
    .extract({
      left: Math.round(-(info.trimOffsetLeft ?? 0) * across),
      top: Math.round(-(info.trimOffsetTop ?? 0) * down),
      width: Math.max(1, Math.floor(info.width * across)),
      height: Math.max(1, Math.floor(info.height * down)),
    })
    .png(unpacked)
    .toBuffer()
}
