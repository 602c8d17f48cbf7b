import Type, { type Static } from 'typebox'
import { twofold } from '../../prompts/twofold.ts'
import { closed, factory, from0 } from '../../schemas/options.ts'
import { hasKey } from '../../schemas/task.ts'
import { Check, couldNotTell, fail, pass } from '../check.ts'
import { gainOf, type Interval } from './interval.ts'
import { plainInterval, rounded, Trying, tried } from './tries.ts'

export const ToolNecessityOptions = closed({
  ...Trying.properties,
  /**
   * The largest number of right answers without tools that passes: a quarter of `k` by default, as in DeepEyesV2's 2 of
   * 8.
   */
  most: Type.Optional(from0),
  /**
   * The least by which the share of right answers has to be higher with tools, -1 to 1. Without it, this is only
   * measured.
   */
  gain: Type.Optional(Type.Number({ minimum: -1, maximum: 1 })),
})
export type ToolNecessityOptions = Static<typeof ToolNecessityOptions>

/**
 * A student needs tools to solve the task. It answers `k` times without and `k` times with the run's tools. Rules
 * compare its answers (`compareAnswer`), and `judges` decide where rules cannot. `data` holds `k`, how many were
 * `right` `without` and `with`, and the `gain` with its 95 % interval; few tries leave it wide. Sampling must not be
 * greedy, or all tries are the same.
 */
export const toolNecessity = factory(Check, 'toolNecessity', ToolNecessityOptions, given => {
  const { k = 4, most = Math.floor(k / 4), gain, system = twofold('direct'), ...trying } = given
  const name = 'tool_necessity'
  const own = { most, ...(gain !== undefined && { gain }) }
  const { models, options, rightOf } = tried(name, { ...trying, k, system }, own)
  return {
    name,
    version: 1,
    options,
    models,
    async measure({ task }, context) {
      if (!hasKey(task)) return couldNotTell('no_key', 'nobody said what the right answer is')
      const without = await rightOf(task, { tools: false, images: true }, context)
      const withTools = await rightOf(task, { tools: true, images: true }, context)
      const gained = gainOf(withTools, without)
      const detail = `right ${without.right} of ${k} without tools, ${withTools.right} of ${k} with; ${words(gained)}`
      const data = {
        k,
        without: without.right,
        with: withTools.right,
        gain: plainInterval(gained),
        tries: { of: 2 * k, unanswered: without.unanswered + withTools.unanswered },
      }
      if (without.right > most) return fail('solvable_without', detail, data)
      return gain === undefined || gained.estimate >= gain
        ? pass(detail, data)
        : fail('no_gain', detail, data)
    },
  }
})

const words = ({ estimate, low, high }: Interval) =>
  `gain ${rounded(estimate)} (95 % of the time between ${rounded(low)} and ${rounded(high)})`
