import { expect, test } from 'vitest'
import type { RolloutDraft, RolloutSource } from '../../rollouts/source.ts'
import type { Problem } from '../../tasks/source.ts'

/** What no problem may repeat: a row of others may hold what is nobody's business. */
export const secret = 'sk-very-secret-0123456789'

/** A source of at least two good rows, and one whose second row of three is none, and holds `secret`. */
export interface RolloutSourceCase {
  good: RolloutSource
  rows: number
  broken: RolloutSource
}

/** What every source of rollouts must do. A new one is done when this passes. */
export function rolloutSourceConformance(
  withCase: (test: (sources: RolloutSourceCase) => Promise<void>) => Promise<void>,
) {
  const source = (title: string, work: (sources: RolloutSourceCase) => Promise<void>) =>
    test(title, () => withCase(work))
  const read = (from: RolloutSource): Promise<(RolloutDraft | Problem)[]> => Array.fromAsync(from.read())

  source('reads every row, and says where it stands', async ({ good, rows }) => {
    const drafts = await read(good)
    expect(rows).toBeGreaterThan(1)
    expect(drafts.map(each => ('problem' in each ? each : each.origin.row))).toHaveLength(rows)
    expect(new Set(drafts.map(({ place }) => place)).size).toBe(rows)
    for (const each of drafts) expect('problem' in each ? each : each.origin.file).toMatch(/\w/)
  })

  source('reads the same again, also at the same time', async ({ good }) => {
    const plain = (drafts: unknown) => JSON.stringify(drafts)
    const [one, two] = await Promise.all([read(good), read(good)])
    expect(plain(two)).toEqual(plain(one))
    expect(plain(await read(good))).toEqual(plain(one))
  })

  source('can be left after the first row', async ({ good, rows }) => {
    for await (const _ of good.read()) break
    expect(await read(good)).toHaveLength(rows)
  })

  source(
    'a row that is none costs itself only, and is named without a word of what it holds',
    async ({ broken }) => {
      const entries = await read(broken)
      expect(entries.map(each => 'problem' in each)).toEqual([false, true, false])
      for (const each of entries)
        if ('problem' in each) {
          expect(each.place).toMatch(/\d$|^[^:]+$/)
          expect(each.problem).toMatch(/^[^\n]+; [^\n]+$/)
          expect(JSON.stringify(each)).not.toContain(secret)
        }
    },
  )

  source('holds no right answer that nobody named', async ({ good }) => {
    const drafts = (await read(good)).filter(each => 'kind' in each)
    expect(drafts.length).toBeGreaterThan(1)
    for (const each of drafts) if (each.kind === 'conversation') expect(each.key).toBe('')
  })

  source('says what it is in plain data', async ({ good }) => {
    expect(good.name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(JSON.parse(JSON.stringify(good.options))).toEqual(good.options)
  })
}
