import { expect, test } from 'vitest'
import { retryAfterMs } from '../../../store/remote/retry-after.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

const said: [Record<string, string>, number | undefined][] = [
  [{}, undefined],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after-ms': '70' }, 70],
  [{ 'retry-after-ms': '70', 'retry-after': '2' }, 70],
  [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-3' }, 0],
]

test.each(said)('%j asks to wait %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), now)).toBe(expected)
})
