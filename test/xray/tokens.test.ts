import { expect, test } from 'vitest'
import { lengthCounter } from '../../output/length/lengths.ts'
import type { Span } from '../../xray/span.ts'
import { countedSpans, cutAt, spanTokens } from '../../xray/tokens.ts'

/** A figure is a token. */
const spans: Span[] = [
  { kind: 'text', text: '1'.repeat(10), trained: false },
  { kind: 'picture', picture: 0, trained: false },
  { kind: 'text', text: '2'.repeat(20), trained: true },
]
const counted = countedSpans({ spans, cut: false }, lengthCounter({ family: 'qwen2_5_vl' }), [
  { width: 280, height: 280 },
])

test('texts and pictures are counted as the student reads them', () => {
  expect(counted.spans.map(({ tokens }) => tokens)).toEqual([10, 102, 20])
  expect(spanTokens(counted.spans)).toEqual({ all: 132, trained: 20 })
})

test.each([
  [132, false, ['1'.repeat(10), 0, '2'.repeat(20)]],
  [131, true, ['1'.repeat(10), 0, '2'.repeat(19)]],
  [112, true, ['1'.repeat(10), 0]],
  [111, true, ['1'.repeat(10)]],
  [5, true, ['1'.repeat(5)]],
])('of a row no more is left than %i tokens', (most, cut, left) => {
  const rest = cutAt(counted, most)
  expect(rest.cut).toBe(cut)
  expect(rest.spans.map(span => (span.kind === 'text' ? span.text : span.picture))).toEqual(left)
})
