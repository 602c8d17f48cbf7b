import Type, { type Static } from 'typebox'
import { closed, factory } from '../schemas/options.ts'
import { Check, fail, type Measurement, pass } from './check.ts'
import { cellsOf, type PlacedCell, placeOf } from './code/cells.ts'
import { byRecord, unrecorded } from './reading/by-record.ts'

export const CodeErrorsOptions = closed({
  /** Whether an error passes that a later turn's cell got over. */
  recovered: Type.Optional(Type.Enum(['allow', 'refuse'])),
})
export type CodeErrorsOptions = Static<typeof CodeErrorsOptions>

/**
 * No cell of code failed for good. A cell fails by an exception, an exit, a time-out or any other end that is not `ok`.
 * It is recovered if a cell of a later turn ran well. A call of code whose cell is missing may have failed, or may have
 * been the one that recovered: then it is `no_record`.
 */
export const codeErrors = factory(Check, 'codeErrors', CodeErrorsOptions, ({ recovered = 'allow' }) => ({
  name: 'code_errors',
  version: 2,
  options: { recovered },
  measure: byRecord(['code'], async (trajectory, context) => {
    const cells = cellsOf(trajectory)
    const error = cells.findLast(({ cell }) => cell.status !== 'ok')
    if (!error) return pass('none')
    const later = cells.some(({ cell, turn }) => cell.status === 'ok' && turn > error.turn)
    if (!later)
      return unrecorded(trajectory, context, ['code'], error.turn) ?? fail('unrecovered', describe(error))
    return recovered === 'allow' ? pass(`recovered: ${describe(error)}`) : fail('recovered', describe(error))
  }),
}))

function describe(place: PlacedCell): Measurement['detail'] {
  const { status, error } = place.cell
  const [message = ''] = (error?.value ?? '').split('\n')
  return `${placeOf(place)}: ${error ? `${error.name}: ${message}` : status}`
}
