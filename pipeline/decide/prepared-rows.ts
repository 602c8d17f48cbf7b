import { isSelector, type RowGround } from '../../filters/selector.ts'
import { blaming } from '../../schemas/blame.ts'
import type { Run } from '../run.ts'
import type { Then } from '../verify/verify.ts'
import { rememberIn } from './remembered.ts'
import { judgeOf } from './row-judge.ts'

/**
 * What a part or a worker makes of its rows for the selectors of a config. It is kept in the store, which a merge joins
 * and all workers share. Rows that filters drop before the first selector are passed over.
 */
export function preparing({ config: { filters }, store }: Pick<Run, 'config' | 'store'>): Then {
  const selectors = filters.filter(isSelector)
  const judge = judgeOf(filters.slice(0, filters.findIndex(isSelector)), () => false)
  const remember = rememberIn(store)
  const bytes: RowGround['bytes'] = image => store.getBlob(image.sha256)
  return async (row, signal) => {
    if (!selectors.some(({ prepare }) => prepare) || !judge(row).keep) return
    const ground = { bytes, remember: remember(signal), signal }
    const task = row.trajectory.task.id
    for (const { name, prepare } of selectors)
      if (prepare)
        await blaming({ kind: 'selector', name, method: prepare, task }, () => prepare(row, ground))
  }
}
