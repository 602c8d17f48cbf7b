import Type, { type Static } from 'typebox'
import type { JsonObject } from '../../schemas/json.ts'
import { closed } from '../../schemas/options.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { Check, type CheckContext } from '../check.ts'
import { signalsOf } from '../signals/signal.ts'
import { RubricOptions } from './panel.ts'

export const WhenOptions = closed({
  ...RubricOptions.properties,
  /** Ask only about rows in which `signals(…)` sees something; about all by default. It is measured in place. */
  when: Type.Optional(Check),
})
export type WhenOptions = Static<typeof WhenOptions>

interface Occasion {
  /** What decides whether models are asked, as plain data; nothing where they always are. */
  options: JsonObject
  isGiven(trajectory: Trajectory, context: CheckContext): Promise<boolean>
}

/** When a check asks its models. Throws where `when` is another check than `signals`. */
export function occasionFor(check: string, when?: Check): Occasion {
  if (!when) return { options: {}, isGiven: async () => true }
  const { name, version, options } = when
  if (name !== 'signals') throw new Error(`${check}: when: ${name} sees no signals; give signals(…)`)
  return {
    options: { when: { name, version, options } },
    isGiven: async (trajectory, context) => signalsOf(await when.measure(trajectory, context)).length > 0,
  }
}
