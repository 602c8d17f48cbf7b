import sharp from 'sharp'
import { expect, test } from 'vitest'
import { ownFlag } from '../../examples/demo/flags/countries.ts'
import { bestFits, glanceOf, partsOf, templateOf } from '../../images/template.ts'
import { png } from '../fixtures.ts'

test('A crop fits the picture it was cut from, wherever it was cut, and hardly fits another', async () => {
  const picture = await sharp(await ownFlag('za'))
    .resize(400, 300, { fit: 'fill' })
    .png()
    .toBuffer()
  const other = partsOf(await glanceOf(await ownFlag('jp')))
  const parts = partsOf(await glanceOf(picture))
  for (const [left, top, scale] of [
    [0, 0, 1],
    [0, 0, 0.7],
    [100, 80, 0.7],
    [60, 20, 0.8],
    [150, 110, 0.62],
  ] as const) {
    const place = { left, top, width: Math.round(400 * scale), height: Math.round(300 * scale) }
    const crop = await sharp(picture).extract(place).png().toBuffer()
    const templates = [await templateOf(crop), await templateOf(await png())]
    const [fit = 0, plain = 1] = bestFits(templates, parts)
    expect(fit, JSON.stringify(place)).toBeGreaterThan(0.85)
    expect(plain).toBeLessThan(0.5)
    expect(bestFits(templates, other)[0]).toBeLessThan(0.6)
  }
})
