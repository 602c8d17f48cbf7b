import { factory, noOptions } from '../../schemas/options.ts'
import { imagesIn } from '../../schemas/task.ts'
import { picturesElsewhere, type RolloutOrigin, type Trajectory } from '../../schemas/trajectory.ts'
import { Check, fail, type Measurement, pass } from '../check.ts'

/** What a row of others lacks that no trainer can do without, in words for a person. */
const faults: ReadonlyMap<string, string> = new Map([
  ['placeholders', 'it has a picture that no placeholder shows'],
  ['image_unmatched', 'it has a placeholder without a picture'],
  ['image_broken', 'a picture of it cannot be read'],
  ['results', 'a call of it has no result'],
  ['call_ids', 'a result of it names a call that was not made'],
  ['unreadable_calls', 'a call of it is no call in its format'],
  ['role_order', 'its roles do not take turns, so its trainer leaves it out'],
])

/**
 * A row that was made elsewhere is whole as a row: each placeholder has its picture and each picture its placeholder,
 * pictures can be read, each call has its result, each result its call, and roles take turns where a trainer demands
 * it. A question whose code names a picture that the row does not have is `question_image`. Of rollouts that were made
 * here `schema` says this.
 *
 * It cannot see: whether a picture that is not beside the file is anywhere.
 */
export const wellFormed = factory(Check, 'wellFormed', noOptions, () => ({
  name: 'well_formed',
  version: 1,
  options: {},
  async measure(trajectory) {
    const { origin } = trajectory
    return (origin && (broken(origin) ?? blind(trajectory, origin))) || pass()
  },
}))

function broken({ lacks }: RolloutOrigin): Measurement | undefined {
  const found = lacks.filter(each => faults.has(each))
  const [first] = found
  return first === undefined ? undefined : fail(first, found.map(each => faults.get(each)).join('; '))
}

/** It calls for a picture by its name, and neither has one nor says where one would be. */
const blind = ({ question }: Trajectory, { lacks, rerun }: RolloutOrigin): Measurement | undefined =>
  rerun?.cause === 'image_missing' &&
  imagesIn(question).length === 0 &&
  !lacks.some(each => picturesElsewhere.has(each))
    ? fail('question_image', rerun.detail)
    : undefined
