import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

const font = (name: string) =>
  fileURLToPath(new URL(`ttf/${name}.ttf`, import.meta.resolve('dejavu-fonts-ttf/package.json')))
const fontFiles = [font('DejaVuSans'), font('DejaVuSans-Bold')]

/** The font every label is drawn in: it is bundled, so a machine without fonts draws the same picture. */
export const fontFamily = 'DejaVu Sans'

/** An SVG as PNG bytes, one pixel per unit; the same bytes on every machine. */
export function renderPng(svg: string): Uint8Array {
  const fonts = { loadSystemFonts: false, fontFiles, defaultFontFamily: fontFamily }
  return new Uint8Array(new Resvg(svg, { font: fonts, background: 'white' }).render().asPng())
}
