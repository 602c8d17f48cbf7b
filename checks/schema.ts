import { factory, noOptions } from '../schemas/options.ts'
import { Trajectory, type Turn } from '../schemas/trajectory.ts'
import { lazyValidator } from '../schemas/validate.ts'
import { Check, fail, type Measurement, pass } from './check.ts'

const validate = lazyValidator(Trajectory)

/**
 * The record is as its schema demands. Every call has its observation, in order, and the question shows the task's
 * images.
 */
export const schema = factory(Check, 'schema', noOptions, () => ({
  name: 'schema',
  version: 1,
  options: {},
  async measure(trajectory) {
    const valid = validate(trajectory)
    if (!valid.ok) return fail('invalid', `${valid.field || 'trajectory'} ${valid.message}`)
    return unanswered(trajectory) ?? unseen(trajectory) ?? pass()
  },
}))

function unanswered({ turns }: Trajectory): Measurement | null {
  const turn = turns.findIndex(turn => !matches(turn))
  if (turn < 0) return null
  const { reply, observations } = turns[turn] as Turn
  const called = reply.calls.map(call => call.id).join(', ') || 'none'
  const observed = observations.map(observation => observation.callId).join(', ') || 'none'
  return fail('calls_unmatched', `turn ${turn + 1}: calls ${called}; observations of ${observed}`)
}

const matches = ({ reply, observations }: Turn): boolean =>
  reply.calls.length === observations.length &&
  reply.calls.every((call, index) => observations[index]?.callId === call.id)

function unseen({ task, question }: Trajectory): Measurement | null {
  const shown = new Set(question.map(part => (part.type === 'image' ? part.image.sha256 : null)))
  const missing = task.images.findIndex(image => !shown.has(image.sha256))
  return missing < 0 ? null : fail('question_image_missing', `image_${missing + 1} is not in the question`)
}
