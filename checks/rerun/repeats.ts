import { factory, noOptions } from '../../schemas/options.ts'
import type { Rerun } from '../../schemas/trajectory.ts'
import { Check, couldNotTell, fail, type Measurement, pass } from '../check.ts'
import { reexecutes } from '../reexecutes.ts'

/**
 * What a rollout that was made elsewhere shows is what its code does when it is run again here, from its pictures, its
 * code and its results alone. `differs` is what code of its own accord does otherwise. It could not tell where
 * something is not here that was there (`cannot_run`, with the cause as its reason), where code differs from run to run
 * (`not_repeatable`), where another runner alters code before it runs it (`rewritten`), and where only pictures, last
 * digits or the wording of exceptions differ, as with other libraries (`environment_differs`). Where all code does the
 * same and something else was called beside it, it could not tell (`service_tool`). `data` holds how many calls ran
 * again of how many. Of rollouts that were made here it says what `reexecutes` says.
 *
 * It cannot see: whether the calls that were made are those that the row shows.
 */
export const repeats = factory(Check, 'repeats', noOptions, () => ({
  name: 'repeats',
  version: 2,
  options: {},
  async measure(trajectory, context) {
    const rerun = trajectory.origin?.rerun
    return rerun ? saidOf(rerun) : reexecutes().measure(trajectory, context)
  },
}))

function saidOf(rerun: Rerun): Measurement {
  const { verdict, cause, detail, ran, of, rebuilt, pictures } = rerun
  const counts = `calls run again: ${ran} of ${of}; pictures compared: ${pictures}; environment: unknown`
  const told = [detail, counts].filter(text => text !== '').join('; ')
  const data = { verdict, ran, of, rebuilt, pictures }
  if (verdict === 'none') return pass('none', data)
  if (verdict === 'same' || verdict === 'alike')
    return ran === of ? pass(told, data) : couldNotTell(ran > 0 ? 'service_tool' : 'cannot_run', told, data)
  if (verdict === 'differs') return fail(verdict, told, data)
  return couldNotTell(verdict === 'cannot_run' ? cause : verdict, told, data)
}
