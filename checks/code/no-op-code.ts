import { factory, noOptions } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check, fail, pass } from '../check.ts'
import { unrecorded } from '../reading/by-record.ts'
import { turnsRead } from '../reading/turns-read.ts'
import { analysed, read } from './analysis.ts'
import { cellsOf, type PlacedCell, placeOf } from './cells.ts'

const analyser = read('no_op_code.py')

/**
 * Every cell of code does something. It reads the image or earlier work, calculates, or calls something that does, and
 * the result is shown or used by a later cell. Comments, imports that nothing uses, constants that are only assigned or
 * printed, and work that shows nothing and that nothing takes up do nothing; what an earlier turn had shown is no
 * constant where it is typed over and worked on. Python's syntax tree decides, and whether the recorded cell gave
 * anything; the code is data and is not run. Where a cell is missing, which may have shown something or made use of
 * another's work, it is `no_record`.
 *
 * It cannot see: output that no later thought makes use of; work hidden in text that is run as code; a name that a
 * later cell binds anew before it reads it.
 */
export const noOpCode = factory(Check, 'noOpCode', noOptions, () => ({
  name: 'no_op_code',
  version: 5,
  options: {},
  async measure(trajectory, context) {
    const missing = unrecorded(trajectory, context, ['code'])
    if (missing) return missing
    const cells = cellsOf(trajectory)
    if (cells.length === 0) return pass('none')
    const data = cells.map(({ cell, turn }) => ({
      code: cell.code,
      silent: isSilent(cell),
      shown: shownBefore(turn, trajectory),
    }))
    const reasons = await analysed<(string | null)[]>(analyser, data, context)
    if (!reasons.ok) return reasons.measured
    const idle = reasons.value.findIndex(reason => reason !== null)
    const cell = cells[idle]
    if (!cell) return pass()
    return fail(
      reasons.value[idle] ?? '',
      `${placeOf(cell)}: ${JSON.stringify(cell.cell.code.slice(0, 200))}`,
    )
  },
}))

/** A cell that failed was not silent on purpose. */
const isSilent = ({ status, stdout, stderr, result, ...drawn }: PlacedCell['cell']): boolean =>
  status === 'ok' &&
  stdout === '' &&
  stderr === '' &&
  result === null &&
  drawn.images.length === 0 &&
  !drawn.droppedImages

/** What the last turn before one gave to read. */
const shownBefore = (turn: number, trajectory: Trajectory): string =>
  turnsRead(trajectory)
    .slice(0, turn - 1)
    .findLast(({ seen }) => seen !== '')?.seen ?? ''
