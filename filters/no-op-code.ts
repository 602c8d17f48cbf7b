import { readFileSync } from 'node:fs'
import { cellsOf, type PlacedCell, placeOf } from './cells.ts'
import { type Check, type CheckContext, fail, type Measurement, pass } from './check.ts'

const analyser = readFileSync(new URL('no_op_code.py', import.meta.url), 'utf8')

/**
 * Every cell does something: it reads the image or earlier work, calculates, or calls something that does. Comments,
 * imports that nothing uses and constants that are only assigned or printed do nothing. Decided on Python's syntax
 * tree; the code is data and is not run.
 */
export const noOpCode = (): Check => ({
  name: 'no_op_code',
  version: 1,
  options: {},
  async measure(trajectory, context) {
    const cells = cellsOf(trajectory)
    if (cells.length === 0) return pass('no code')
    const reasons = await analyse(cells, context)
    if (!Array.isArray(reasons)) return reasons
    const idle = reasons.findIndex(reason => reason !== null)
    const cell = cells[idle]
    if (!cell) return pass()
    return fail(reasons[idle] ?? '', `${placeOf(cell)}: ${JSON.stringify(cell.cell.code.slice(0, 200))}`)
  },
})

/** Why each cell does nothing, or null. One call for all, since a cell may be there for a later one. */
async function analyse(cells: PlacedCell[], context: CheckContext): Promise<(string | null)[] | Measurement> {
  const codes = JSON.stringify(JSON.stringify(cells.map(({ cell }) => cell.code)))
  const session = await context.analysis()
  const result = await session.exec(`${analyser}\nprint(json.dumps(no_op_cells(json.loads(${codes}))))`)
  if (result.status === 'ok') return JSON.parse(result.stdout)
  // Only the code can have done that to the parser, so it says something about the trajectory, not about us.
  return fail('unreadable', `Python's parser ended with ${result.error?.name ?? result.status}`)
}
