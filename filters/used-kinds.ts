import { type ToolKind, usedKindsIn } from '../checks/tools-used.ts'
import { drop, type Filter, keep, undecided } from './filter.ts'

export interface UsedKindsOptions {
  /** At least one of these. */
  any?: ToolKind[]
  /** Each of these. */
  all?: ToolKind[]
}

/** Keep what used the named kinds of tools, as the check `tools_used` measured it. */
export const usedKinds = ({ any = [], all = [] }: UsedKindsOptions): Filter => ({
  name: 'used_kinds',
  version: 1,
  options: { any, all },
  begin:
    () =>
    ({ facts }) => {
      const used = usedKindsIn(facts)
      if (!used) return undecided('unchecked', 'the check tools_used was not measured')
      const missing = all.filter(kind => !used[kind])
      if (missing.length > 0) return drop('kind_missing', missing.join(', '))
      return any.length === 0 || any.some(kind => used[kind])
        ? keep
        : drop('kind_missing', `none of ${any.join(', ')}`)
    },
})
