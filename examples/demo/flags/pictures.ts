import sharp from 'sharp'
import type { Random } from '../random.ts'
import { otherFlag, ownFlag } from './countries.ts'
import { waving } from './waving.ts'

/** A flag as a task shows it, and which package's drawing it was made from. */
export interface FlagPicture {
  /** PNG. */
  bytes: Buffer
  drawing: 'flag-icons' | 'country-flag-icons'
  changes: string[]
}

type Change = (png: Buffer, chance: Random) => Promise<Buffer>

const between = (chance: Random, low: number, high: number) => low + chance.next() * (high - low)

const changes: Record<string, Change> = {
  cropped: async (png, chance) => {
    const { width, height } = await sharp(png).metadata()
    const kept = between(chance, 0.84, 0.94)
    const [w, h] = [Math.round(width * kept), Math.round(height * kept)]
    const region = {
      left: chance.integer(0, width - w),
      top: chance.integer(0, height - h),
      width: w,
      height: h,
    }
    return await sharp(png).extract(region).png().toBuffer()
  },
  waving,
  tinted: (png, chance) =>
    sharp(png)
      .modulate({ brightness: between(chance, 0.85, 1.12), saturation: between(chance, 0.75, 1.1) })
      .png()
      .toBuffer(),
  stretched: (png, chance) =>
    sharp(png).resize(chance.integer(260, 420), chance.integer(200, 300), { fit: 'fill' }).png().toBuffer(),
  blurred: (png, chance) =>
    sharp(png)
      .blur(between(chance, 0.6, 1.6))
      .jpeg({ quality: chance.integer(35, 70) })
      .toBuffer(),
}

/** On a plain ground with a little noise, as a photograph of a wall would have. */
const framed: Change = async (png, chance) => {
  const { width, height } = await sharp(png).metadata()
  const [across, down] = [chance.integer(16, 50), chance.integer(16, 50)]
  const size = { width: width + 2 * across, height: height + 2 * down, channels: 3 as const }
  const ground = [0, 1, 2].map(() => chance.integer(90, 200))
  const noise = Buffer.alloc(size.width * size.height * 3)
  for (let at = 0; at < noise.length; at++) noise[at] = (ground[at % 3] ?? 0) + chance.integer(-8, 8)
  const placed = { input: png, left: across + chance.integer(-12, 12), top: down + chance.integer(-12, 12) }
  return await sharp(noise, { raw: size }).composite([placed]).png().toBuffer()
}

/** One flag by itself, never as the image search knows it: drawn by others, or changed. */
export async function flagPicture(iso: string, chance: Random): Promise<FlagPicture> {
  const { bytes, ...how } = await changedFlag(iso, chance)
  if (chance.next() < 0.7) return { bytes, ...how }
  return { bytes: await framed(bytes, chance), ...how, changes: [...how.changes, 'framed'] }
}

async function changedFlag(iso: string, chance: Random): Promise<FlagPicture> {
  const others = chance.next() < 0.5
  const svg = await (others ? otherFlag(iso) : ownFlag(iso))
  let bytes: Buffer = await sharp(svg)
    .resize(others ? 390 : 360, others ? 260 : 270, { fit: 'fill' })
    .flatten({ background: 'white' })
    .png()
    .toBuffer()
  const chosen = chance.sample(Object.keys(changes), others ? chance.integer(0, 2) : chance.integer(1, 2))
  for (const name of chosen) bytes = (await changes[name]?.(bytes, chance)) ?? bytes
  return {
    bytes: await sharp(bytes).png().toBuffer(),
    drawing: others ? 'country-flag-icons' : 'flag-icons',
    changes: chosen,
  }
}

const half = { width: 320, height: 240 }
const gap = 40

/** Two flags side by side in one image, with a white gap in the middle. */
export async function pairPicture(left: string, right: string, chance: Random) {
  const flags = [await changedFlag(left, chance), await changedFlag(right, chance)]
  const placed = await Promise.all(
    flags.map(async ({ bytes }, index) => ({
      input: await sharp(bytes).resize(half.width, half.height, { fit: 'fill' }).png().toBuffer(),
      left: index * (half.width + gap),
      top: 0,
    })),
  )
  const background = 'white'
  const bytes = await sharp({
    create: { width: 2 * half.width + gap, height: half.height, channels: 3, background },
  })
    .composite(placed)
    .png()
    .toBuffer()
  return { bytes, flags }
}

/** Where a flag hangs in a scene. */
export const places = ['top left', 'top right', 'bottom left', 'bottom right'] as const
export type Place = (typeof places)[number]

const scene = { width: 960, height: 640 }
const margin = 40

/** Four flags on a wall that is lit from one side, one at each place in order, each a small part of the image. */
export async function scenePicture(isos: string[], chance: Random) {
  const flags: FlagPicture[] = []
  for (const iso of isos) flags.push(await changedFlag(iso, chance))
  const [across, down] = [scene.width / 2, scene.height / 2]
  const hung = await Promise.all(
    flags.map(({ bytes }, index) => {
      const [width, height] = [chance.integer(180, 240), chance.integer(130, 170)]
      const left = (index % 2) * across + chance.integer(margin, across - margin - width)
      const top = Math.floor(index / 2) * down + chance.integer(margin, down - margin - height)
      return hangingAt(bytes, { width, height, left, top })
    }),
  )
  const wall = sharp(wallPixels(chance), { raw: { ...scene, channels: 3 } })
  const bytes = await wall
    .composite(await Promise.all(hung))
    .png()
    .toBuffer()
  return { bytes, flags }
}

const hangingAt = async (
  flag: Buffer,
  { width, height, ...place }: { width: number; height: number; left: number; top: number },
) => ({ input: await sharp(flag).resize(width, height, { fit: 'fill' }).png().toBuffer(), ...place })

/** A greyish wall: no flag has its colour at an edge. */
function wallPixels(chance: Random): Buffer {
  const ground = [0, 1, 2].map(() => chance.integer(145, 170))
  const shade = between(chance, -0.12, 0.12)
  const pixels = Buffer.alloc(scene.width * scene.height * 3)
  for (let at = 0; at < pixels.length; at++) {
    const light = 1 + shade * ((Math.floor(at / 3) % scene.width) / scene.width - 0.5)
    pixels[at] = Math.round((ground[at % 3] ?? 0) * light) + chance.integer(-6, 6)
  }
  return pixels
}
