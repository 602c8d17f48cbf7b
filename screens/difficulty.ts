import Type, { type Static } from 'typebox'
import { gainOf, passAt, type Trials } from '../checks/judges/interval.ts'
import { plainInterval, Trying, tried } from '../checks/judges/tries.ts'
import { twofold } from '../prompts/twofold.ts'
import type { Json, JsonObject } from '../schemas/json.ts'
import { closed, count, factory, from0 } from '../schemas/options.ts'
import { next, route, Screen } from './screen.ts'

export const DifficultyOptions = closed({
  ...Trying.properties,
  /**
   * The largest number of right answers without tools that is not too easy: a quarter of `k` by default, the paper's 2
   * of 8.
   */
  most: Type.Optional(from0),
  /**
   * The number of right answers with tools from which a task is a prompt for reinforcement learning. The paper gives no
   * number; 1 by default, because whatever the student ever solves can be reinforced.
   */
  solvedFrom: Type.Optional(count),
  /**
   * Where a task goes if the student never solves it: to the teachers as in the paper, or nowhere, as in MMSearch-R1.
   */
  unsolved: Type.Optional(Type.Enum(['sft', 'drop'])),
})
export type DifficultyOptions = Static<typeof DifficultyOptions>

/**
 * Sorts tasks by what a student can solve, into the routes of DeepEyesV2 (arXiv 2511.05271, §3.3). First the student
 * answers without tools; a task that it can solve so is dropped (`too_easy`). Then it answers with the run's tools. A
 * task that it solves so becomes a prompt for reinforcement learning; the others go to the teachers. Rules compare the
 * answers (`compareAnswer`), and `judges` decide where rules cannot. For each round, `data` holds how many answers were
 * `right` `of` how many, how many tries had none (`unanswered`), and pass@k with its 95 % interval. `gain` is the
 * difference of the two shares.
 */
export const difficulty = factory(Screen, 'difficulty', DifficultyOptions, given => {
  const {
    k = 8,
    most = Math.floor(k / 4),
    solvedFrom = 1,
    unsolved = 'sft',
    system = twofold('direct'),
    ...trying
  } = given
  const name = 'difficulty'
  const own = { most, solvedFrom, unsolved }
  const { models, options, rightOf } = tried(name, { ...trying, k, system }, own)
  return {
    name,
    version: 1,
    options,
    models,
    async screen(task, context) {
      const alone = await rightOf(task, { tools: false, images: true }, context)
      const unaided = { unaided: counted(alone) }
      const words = `right ${alone.right} of ${k} without tools`
      if (alone.right > most) return route('drop', 'too_easy', words, unaided)
      const helped = await rightOf(task, { tools: true, images: true }, context)
      const data = { ...unaided, aided: counted(helped), gain: plainInterval(gainOf(helped, alone)) }
      const detail = `${words}, ${helped.right} of ${k} with them`
      if (helped.right >= solvedFrom) return route('rl', 'solved_with_tools', detail, data)
      return unsolved === 'drop' ? route('drop', 'never_solved', detail, data) : next(data)
    },
  }
})

/** pass@1, pass@2, pass@4 and so on, as far as there are answers. */
function counted(trials: Trials): JsonObject {
  const pass: Record<string, Json> = {}
  for (let k = 1; k <= trials.of; k *= 2) pass[k] = plainInterval(passAt(k, trials))
  return { ...trials, pass }
}
