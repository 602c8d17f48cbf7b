import { type PlotOptions, plot } from '@observablehq/plot'

/** The document of a browser, or one like it. */
export type PageDocument = NonNullable<PlotOptions['document']>

/** An SVG element. */
export type Drawing = ReturnType<typeof plot>

/** Letters are this wide on average, in pixels; a document without a screen cannot measure them. */
export const letter = 7.3

const fontSize = 12

/**
 * Draw a plot as one SVG element. Its text and lines have the colour of the text around it. It holds no style of its
 * own, since a strict page forbids that.
 */
export function drawn(
  options: PlotOptions,
  { document, width, says }: { document: PageDocument; width: number; says: string },
): Drawing {
  const svg = plot({ ...options, document, width, className: 'chart' })
  svg.querySelector('style')?.remove()
  // A picture has one name, and its parts have none.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    role: 'img',
    'aria-label': says,
    'font-size': `${fontSize}`,
  }
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value)
  return svg
}
