import Type, { type Static } from 'typebox'
import type { Trajectory } from '../../schemas/trajectory.ts'

const calls = ({ turns }: Trajectory) => turns.reduce((sum, { reply }) => sum + reply.calls.length, 0)

export const Preference = Type.Enum([
  'fewest_mistakes',
  'fewest_turns',
  'most_turns',
  'fewest_calls',
  'most_calls',
  'shortest',
  'longest',
  'largest_images',
])
export type Preference = Static<typeof Preference>

/** What a trajectory can be preferred for: the less of it, the better. */
const measures: Record<Preference, (trajectory: Trajectory) => number> = {
  fewest_mistakes: ({ turns }: Trajectory) =>
    turns.reduce((sum, { observations }) => sum + observations.filter(({ mistake }) => mistake).length, 0),
  fewest_turns: ({ turns }: Trajectory) => turns.length,
  most_turns: ({ turns }: Trajectory) => -turns.length,
  fewest_calls: calls,
  most_calls: (trajectory: Trajectory) => -calls(trajectory),
  /** Characters of what the teacher wrote, its calls included. */
  shortest: (trajectory: Trajectory) => written(trajectory),
  longest: (trajectory: Trajectory) => -written(trajectory),
  /** Pixels of the question's images. */
  largest_images: ({ task }: Trajectory) =>
    -task.images.reduce((sum, { width, height }) => sum + width * height, 0),
}

const written = ({ turns }: Trajectory) =>
  turns.reduce(
    (sum, { reply }) => reply.calls.reduce((of, call) => of + call.arguments.length, sum + reply.text.length),
    0,
  )

/** The preference if the config names none: fewer mistakes, then fewer turns, then fewer words. */
export const usualPreference: readonly Preference[] = ['fewest_mistakes', 'fewest_turns', 'shortest']

/** Bytes that sort as the preferences say, the best first, ties by the rollout's key. */
export function rankOf(trajectory: Trajectory, prefer: readonly Preference[]): Uint8Array {
  const rank = new Uint8Array(prefer.length * 8 + 32)
  const view = new DataView(rank.buffer)
  // Whole numbers, moved above zero, sort as their bytes do.
  for (const [at, name] of prefer.entries())
    view.setBigUint64(at * 8, BigInt(measures[name](trajectory)) + 2n ** 63n)
  rank.set(Buffer.from(trajectory.key, 'hex'), prefer.length * 8)
  return rank
}
