import Type, { type Static } from 'typebox'
import { prompt } from '../../prompts/prompt.ts'
import { closed, factory, from0 } from '../../schemas/options.ts'
import { hasKey, type Task } from '../../schemas/task.ts'
import { Check, couldNotTell, fail, pass } from '../check.ts'
import { shareOf } from './interval.ts'
import { plainInterval, rounded, Trying, tried } from './tries.ts'

export const ImageNecessityOptions = closed({
  ...Trying.properties,
  /** The largest number of right answers that passes. By default as many as guessing among the options explains. */
  most: Type.Optional(from0),
})
export type ImageNecessityOptions = Static<typeof ImageNecessityOptions>

/**
 * A student cannot answer without the task's images. It is shown the words alone and answers `k` times. Rules compare
 * its answers (`compareAnswer`), and `judges` decide where rules cannot. The check fails if the student is right more
 * often than `most`. Without `most`, it fails if guessing does not explain the result: the 95 % interval of the share
 * lies above that of blind luck (one of the options, one of two for yes or no, else none). `data` holds `k`, how many
 * were `right`, the `share` with its interval, and `luck`. Take a student that knows much: what it can answer blindly,
 * others may.
 */
export const imageNecessity = factory(Check, 'imageNecessity', ImageNecessityOptions, given => {
  const { k = 4, most, system = prompt('blind'), ...trying } = given
  const name = 'image_necessity'
  const own = most === undefined ? {} : { most }
  const { models, options, rightOf } = tried(name, { ...trying, k, system }, own)
  return {
    name,
    version: 1,
    options,
    models,
    async measure({ task }, context) {
      if (task.images.length === 0) return pass('no image')
      if (!hasKey(task)) return couldNotTell('no_key', 'nobody said what the right answer is')
      const trials = await rightOf(task, { tools: false, images: false }, context)
      const { right, unanswered } = trials
      const share = shareOf(trials)
      const luck = luckOf(task)
      const data = {
        k,
        right,
        tries: { of: k, unanswered },
        share: plainInterval(share),
        luck: rounded(luck),
      }
      const detail = `right ${right} of ${k} without the image`
      const needed = most === undefined ? share.low <= luck : right <= most
      return needed ? pass(detail, data) : fail('solvable_without', detail, data)
    },
  }
})

const luckOf = ({ choices, answerType }: Task): number =>
  choices ? 1 / choices.length : answerType === 'boolean' ? 1 / 2 : 0
