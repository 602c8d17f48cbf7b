import { drop, type Filter, keep } from './filter.ts'

export interface UsedToolsOptions {
  /** Calls that worked, at least. */
  min: number
  /** Only these tools count; without it, all do. */
  names?: string[]
}

/** Keep what called tools often enough. A call counts where its observation is not a mistake. */
export const usedTools = ({ min, names }: UsedToolsOptions): Filter => ({
  name: 'used_tools',
  version: 1,
  options: { min, ...(names && { names }) },
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
})
