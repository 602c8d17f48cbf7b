import { parseHTML } from 'linkedom'
import type { DrawingFrame, Figure } from '../../charts/chart.ts'

/** A drawing as text, made without a browser. `style` is for where no page around it says how it looks. */
export function svgOf(figure: Figure, frame: Omit<DrawingFrame, 'document'>, style?: string): string {
  const { document } = parseHTML('<!doctype html><html></html>')
  const svg = figure.draw({ ...frame, document })
  if (style !== undefined) svg.setAttribute('style', style)
  return svg.outerHTML
}
