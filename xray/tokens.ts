import type { LengthCounter } from '../output/length/counter.ts'
import type { Size } from '../output/length/family.ts'
import type { Rendering, Span } from './span.ts'

/** The same with the tokens of each span. A picture of which no size is known counts none. */
export const countedSpans = (
  { spans, cut }: Rendering,
  counter: LengthCounter,
  sizes: readonly Size[],
): Rendering => ({
  spans: spans.map(span => ({ ...span, tokens: span.tokens ?? tokensOf(span, counter, sizes) })),
  cut,
})

function tokensOf(span: Span, counter: LengthCounter, sizes: readonly Size[]): number {
  if (span.kind === 'text') return counter.text(span.text)
  const size = sizes[span.picture]
  return size ? counter.picture(size) : 0
}

/** All tokens, and those that are trained. */
export function spanTokens(spans: readonly Span[]): { all: number; trained: number } {
  const sum = (some: readonly Span[]) => some.reduce((total, { tokens = 0 }) => total + tokens, 0)
  return { all: sum(spans), trained: sum(spans.filter(({ trained }) => trained)) }
}

/** What is left of a rendering where a trainer takes only so many tokens; of a text a share of its characters. */
export function cutAt({ spans, cut }: Rendering, most: number): Rendering {
  const kept: Span[] = []
  let left = most
  for (const span of spans) {
    const { tokens = 0 } = span
    if (tokens > left) return { spans: [...kept, ...partOf(span, left)], cut: true }
    kept.push(span)
    left -= tokens
  }
  return { spans: kept, cut }
}

/** Half a picture is none. */
function partOf(span: Span, tokens: number): Span[] {
  if (span.kind === 'picture' || tokens === 0) return []
  const share = tokens / (span.tokens ?? 1)
  return [{ ...span, tokens, text: span.text.slice(0, Math.floor(span.text.length * share)) }]
}
