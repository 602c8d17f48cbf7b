import { writeFile } from 'node:fs/promises'
import { compareFunnels } from '../pipeline/compare/compare-funnels.ts'
import { compareManifests } from '../pipeline/compare/compare-manifests.ts'
import { compareRows } from '../pipeline/compare/compare-rows.ts'
import { type ComparedRow, isKept } from '../pipeline/compare/compared-row.ts'
import type { Comparison } from '../pipeline/compare/comparison.ts'
import { demandKnown, type GateLimits, heldAgainst, limitsIn } from '../pipeline/compare/gate.ts'
import type { OpenSide } from './comparing/side.ts'
import { openSide } from './comparing/sides.ts'
import { printComparison } from './comparing/text.ts'
import { guarded } from './guarded.ts'
import { resultLine } from './scheduled/head.ts'
import { harmless } from './show.ts'

interface DiffOptions {
  gate?: string[]
  all?: boolean
  html?: string
  json?: boolean
}

export const diff = (before: string, after: string, { gate = [], ...options }: DiffOptions) =>
  guarded(async () => {
    const limits = limitsIn(gate)
    await using old = await openSide(before)
    await using now = await openSide(after)
    const comparison = await compareSides(old, now, limits)
    if (options.html) {
      const { comparisonPage } = await import('./comparing/page.ts')
      await writeFile(options.html, comparisonPage(comparison))
    }
    const passed = comparison.gate.filter(each => each.passed)
    const status = passed.length > 0 ? 8 : 0
    console.log(options.json ? resultLine(comparison, status) : printComparison(comparison, options))
    for (const { line } of passed) console.error(`--gate: ${harmless(line)}`)
    process.exitCode = status
  })

/** Compare what was given. Throws ConfigError where a limit is of what it does not tell. */
export async function compareSides(
  before: OpenSide,
  after: OpenSide,
  limits: GateLimits,
): Promise<Comparison> {
  const sides = { before: before.side, after: after.side }
  demandKnown(limits, sides)
  const known = [before.side.rows, after.side.rows]
  const rows = known.includes('none') ? null : await rowsOf(before, after, !known.includes('kept'))
  const [was, is] = [await before.about(), await after.about()]
  const { alone, ...differences } = compareManifests(was, is)
  return {
    version: 1,
    ...sides,
    wanting: [...new Set([...before.wanting(), ...after.wanting(), ...alone.map(onOneSide)])],
    funnel: compareFunnels(was.funnel, is.funnel),
    rows,
    ...differences,
    gate: rows ? heldAgainst(limits, rows) : [],
  }
}

const onOneSide = (section: string) => `${section} is said on one side only, so it is not compared`

function rowsOf(before: OpenSide, after: OpenSide, yields: boolean) {
  const of = (side: OpenSide) => (yields ? side.rows() : keptOf(side.rows()))
  return compareRows(of(before), of(after), yields)
}

async function* keptOf(rows: AsyncIterable<ComparedRow>): AsyncGenerator<ComparedRow> {
  for await (const row of rows) if (isKept(row)) yield row
}
