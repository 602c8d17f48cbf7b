import { expect, test } from 'vitest'
import type { Filter, Measured } from '../../filters/filter.ts'
import { canonicalJson } from '../../schemas/hash.ts'

/** A filter with what it keeps and what it drops. */
export interface FilterCase {
  filter: Filter
  kept: Measured
  dropped: Measured
}

/** What every filter must do. A new one is done when this passes. */
export function filterConformance({ filter, kept, dropped }: FilterCase) {
  test('has a snake_case name, a version and plain options', () => {
    expect(filter.name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(filter.version).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(JSON.stringify(filter.options))).toEqual(filter.options)
  })

  test('keeps', () => {
    expect(filter.begin()(kept)).toEqual({ keep: true })
  })

  test('drops with a snake_case reason and one line of detail', () => {
    expect(filter.begin()(dropped)).toMatchObject({
      keep: false,
      reason: expect.stringMatching(/^[a-z][a-z0-9_]*$/),
      detail: expect.stringMatching(/^[^\n]+$/),
    })
  })

  test('decides the same in every pass', () => {
    const pass = () => {
      const judge = filter.begin()
      return [kept, dropped].map(judge)
    }
    expect(pass()).toEqual(pass())
  })

  test('leaves what it judges as it is', () => {
    const before = canonicalJson({ ...kept })
    filter.begin()(kept)
    expect(canonicalJson({ ...kept })).toBe(before)
  })
}
