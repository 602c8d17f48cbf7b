import Type, { type Static } from 'typebox'
import { closed, factory, filledText, from0 } from '../schemas/options.ts'
import { drop, Filter, keep } from './filter.ts'

export const UsedToolsOptions = closed({
  /** Calls that worked, at least. */
  min: from0,
  /** Only these tools count; without it, all do. */
  names: Type.Optional(Type.Array(filledText)),
})
export type UsedToolsOptions = Static<typeof UsedToolsOptions>

/** Keeps rows that called tools often enough. A call counts unless its observation is a mistake. */
export const usedTools = factory(Filter, 'usedTools', UsedToolsOptions, ({ min, names }) => ({
  name: 'used_tools',
  version: 1,
  options: { min, ...(names && { names }) },
  ...(names && { needs: { tools: names } }),
  begin:
    () =>
    ({ trajectory }) => {
      const worked = trajectory.turns
        .flatMap(({ reply, observations }) =>
          reply.calls.map((call, index) => ({ call, seen: observations[index] })),
        )
        .filter(({ call, seen }) => seen?.mistake === null && (names?.includes(call.name) ?? true)).length
      return worked >= min ? keep : drop('too_few_calls', `${worked} of ${min}`)
    },
}))
