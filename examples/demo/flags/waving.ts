import sharp from 'sharp'
import type { Random } from '../random.ts'

/** A flag in a light wind: each column is moved up or down along a wave, and lit by its slope. */
export async function waving(png: Buffer, chance: Random): Promise<Buffer> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const rise = Math.round(height * (0.02 + 0.03 * chance.next()))
  const period = width * (0.6 + 0.6 * chance.next())
  const start = chance.next() * 2 * Math.PI
  const inner = height - 2 * rise
  const out = Buffer.alloc(width * inner * 3)
  for (let x = 0; x < width; x++) {
    const phase = start + (2 * Math.PI * x) / period
    const shift = rise + Math.round(rise * Math.sin(phase))
    const light = 1 + 0.12 * Math.cos(phase)
    for (let y = 0; y < inner; y++) {
      for (let channel = 0; channel < 3; channel++) {
        const value = (data[((y + shift) * width + x) * 3 + channel] ?? 0) * light
        out[(y * width + x) * 3 + channel] = Math.min(255, Math.round(value))
      }
    }
  }
  return await sharp(out, { raw: { width, height: inner, channels: 3 } })
    .png()
    .toBuffer()
}
