import { ImageError } from '../errors.ts'

/** What librsvg leaves out without a word. */
const leftOut: [pattern: RegExp, is: string][] = [
  [
    /<(?:\w+:)?(?:image|use|feImage)\b[^>]*?\bhref\s*=\s*["'](?!\s*(?:#|data:|["']))/i,
    'another picture in it',
  ],
  [/@import\b|<\?xml-stylesheet\b/i, 'a style sheet beside it'],
  [/<(?:\w+:)?foreignObject\b/i, 'HTML in it'],
]

/** Throws ImageError for an SVG of which a part would not be drawn. */
export function demandWhole(svg: Uint8Array): void {
  const text = Buffer.from(svg).toString('utf8')
  const [, is] = leftOut.find(([pattern]) => pattern.test(text)) ?? []
  if (is !== undefined)
    throw new ImageError(
      `it is SVG with ${is}, which is not drawn here`,
      'save it as PNG, as a browser shows it,',
    )
}
