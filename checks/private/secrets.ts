import { factory, noOptions } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check, fail, pass } from '../check.ts'
import { textsOf } from '../reading/texts-of-row.ts'
import { secretsIn } from './secrets-in.ts'

/**
 * No text of the record holds a key, a token or a password that opens something: of model providers, code hosts and
 * clouds, private keys, and passwords in addresses. It goes by how these begin, and passes those of manuals over. What
 * was found is never repeated, only its kind and place.
 *
 * It cannot see: secrets that do not say what they are, in words or pictures.
 */
export const secrets = factory(Check, 'secrets', noOptions, () => ({
  name: 'secrets',
  version: 1,
  options: {},
  async measure(trajectory) {
    for (const { name, text } of everyText(trajectory)) {
      const [kind] = secretsIn(text)
      if (kind !== undefined) return fail(kind, name)
    }
    return pass()
  },
}))

/** What is thought and reminded apart, and the system's words, are in records and exports as well. */
const everyText = (trajectory: Trajectory): { name: string; text: string }[] => [
  { name: 'system prompt', text: trajectory.system },
  ...textsOf(trajectory),
  ...trajectory.turns.flatMap(({ reply, reminder }, index) => [
    { name: `turn ${index + 1}, reasoning`, text: reply.reasoning ?? '' },
    { name: `turn ${index + 1}, user`, text: reminder?.text ?? '' },
  ]),
]
