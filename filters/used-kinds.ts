import Type, { type Static } from 'typebox'
import { toolKinds, usedKindsIn } from '../checks/tools-used.ts'
import { stateOf } from '../schemas/measurement.ts'
import { closed, factory } from '../schemas/options.ts'
import { drop, dropFor, Filter, keep, undecided } from './filter.ts'

export const UsedKindsOptions = closed({
  /** At least one of these. */
  any: Type.Optional(Type.Array(Type.Enum(toolKinds))),
  /** Each of these. */
  all: Type.Optional(Type.Array(Type.Enum(toolKinds))),
})
export type UsedKindsOptions = Static<typeof UsedKindsOptions>

/**
 * Keeps rows that used the named kinds of tools, as the check `tools_used` measured it. Where that could not tell, the
 * row is dropped for the cause.
 */
export const usedKinds = factory(Filter, 'usedKinds', UsedKindsOptions, ({ any = [], all = [] }) => ({
  name: 'used_kinds',
  version: 1,
  options: { any, all },
  needs: { checks: ['tools_used'] },
  begin:
    () =>
    ({ facts }) => {
      const unknown = facts.find(fact => fact.check === 'tools_used' && stateOf(fact) === 'could_not_tell')
      if (unknown) return dropFor(unknown)
      const used = usedKindsIn(facts)
      if (!used) return undecided('unchecked', 'the check tools_used was not measured')
      const missing = all.filter(kind => !used[kind])
      if (missing.length > 0) return drop('kind_missing', missing.join(', '))
      return any.length === 0 || any.some(kind => used[kind])
        ? keep
        : drop('kind_missing', `none of ${any.join(', ')}`)
    },
}))
