import { expect, test } from 'vitest'
import type { Measured } from '../../filters/filter.ts'
import type { Selector } from '../../filters/selector.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { select } from '../filters/selecting.ts'

/** A selector with rows of which it lets some go. */
export interface SelectorCase {
  selector: Selector
  rows: readonly Measured[]
  /** Keys of those that go. */
  rejected: readonly string[]
  images?: readonly Uint8Array[]
}

/** What every selector must do. A new one is done when this passes. */
export function selectorConformance({ selector, rows, rejected, images = [] }: SelectorCase) {
  test('has a snake_case name, a version and plain options', () => {
    expect(selector.name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(selector.version).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(JSON.stringify(selector.options))).toEqual(selector.options)
  })

  test('rejects some and keeps some, each once, with a snake_case reason and one line of detail', async () => {
    expect(rejected.length).toBeGreaterThan(0)
    expect(rejected.length).toBeLessThan(rows.length)
    const found = await select(selector, rows, images)
    expect(found.rejected.map(({ key }) => key).sort()).toEqual([...rejected].sort())
    for (const { reason, detail } of found.rejected) {
      expect(reason).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(detail).toMatch(/^[^\n]+$/)
    }
  })

  test('decides the same in every pass', async () => {
    expect(await select(selector, rows, images)).toEqual(await select(selector, rows, images))
  })

  test('rejects nothing where there are no rows', async () => {
    expect((await select(selector, [])).rejected).toEqual([])
  })

  test('leaves what it judges as it is', async () => {
    const before = canonicalJson(rows)
    await select(selector, rows, images)
    expect(canonicalJson(rows)).toBe(before)
  })
}
