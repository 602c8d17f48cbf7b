import { expect, test } from 'vitest'
import { lengthCounter } from '../../output/length/lengths.ts'
import type { Span } from '../../xray/span.ts'
import { countedSpans, cutAt, spanTokens } from '../../xray/tokens.ts'

const spans: Span[] = [
  { kind: 'text', text: 'a'.repeat(30), trained: false },
  { kind: 'picture', picture: 0, trained: false },
  { kind: 'text', text: 'b'.repeat(60), trained: true },
]
const counted = countedSpans({ spans, cut: false }, lengthCounter({ family: 'qwen2_5_vl' }), [
  { width: 280, height: 280 },
])

test('texts and pictures are counted as the student reads them', () => {
  expect(counted.spans.map(({ tokens }) => tokens)).toEqual([10, 102, 20])
  expect(spanTokens(counted.spans)).toEqual({ all: 132, trained: 20 })
})

test.each([
  [132, false, ['a'.repeat(30), 0, 'b'.repeat(60)]],
  [131, true, ['a'.repeat(30), 0, 'b'.repeat(57)]],
  [112, true, ['a'.repeat(30), 0]],
  [111, true, ['a'.repeat(30)]],
  [5, true, ['a'.repeat(15)]],
])('of a row no more is left than %i tokens', (most, cut, left) => {
  const rest = cutAt(counted, most)
  expect(rest.cut).toBe(cut)
  expect(rest.spans.map(span => (span.kind === 'text' ? span.text : span.picture))).toEqual(left)
})
