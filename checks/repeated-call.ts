import { hashOf } from '../schemas/hash.ts'
import { factory, noOptions } from '../schemas/options.ts'
import type { Observation, Trajectory } from '../schemas/trajectory.ts'
import { Check, fail, pass } from './check.ts'
import { callDone } from './code/same-calls.ts'
import { recordedKinds, unrecorded } from './reading/by-record.ts'
import { gave } from './reading/turns-read.ts'

/**
 * No call is made twice. A call repeats another if it asks the same tool the same and gives what that one gave. Spaces
 * and comments of code make no difference. Code that goes on from its own work gives something else when it is run
 * again; if it shows nothing, nobody can say. Where the record of code or a search is missing, it is `no_record`: what
 * was shown names pictures anew each time.
 *
 * It cannot see: the same in other words; for regions of an image there is `recrop`.
 */
export const repeatedCall = factory(Check, 'repeatedCall', noOptions, () => ({
  name: 'repeated_call',
  version: 2,
  options: {},
  async measure(trajectory, context) {
    const missing = unrecorded(trajectory, context, recordedKinds)
    if (missing) return missing
    const seen = new Map<string, number>()
    for (const { turn, done } of deeds(trajectory)) {
      const before = seen.get(done)
      if (before !== undefined) return fail('same_result', `turn ${turn} repeats a call of turn ${before}`)
      seen.set(done, turn)
    }
    return pass(trajectory.turns.some(({ reply }) => reply.calls.length > 0) ? '' : 'none')
  },
}))

const deeds = ({ turns }: Trajectory) =>
  turns.flatMap(({ reply, observations, reminder }, index) =>
    (reminder ? [] : reply.calls).flatMap((call, place) => {
      const came = observations[place]
      return came && (gave(came) || came.mistake)
        ? [{ turn: index + 1, done: hashOf([callDone(call), outcomeOf(came)]) }]
        : []
    }),
  )

/** The result of a call without mere names: its id, and the numbers of the images it showed. */
const outcomeOf = ({ data, parts, mistake }: Observation) =>
  data?.kind === 'cell'
    ? [data.status, data.stdout, data.result, data.error?.value, data.images.map(({ pixels }) => pixels)]
    : [
        mistake,
        data?.results ?? null,
        parts.map(part => (part.type === 'image' ? part.image.pixels : part.text)),
      ]
